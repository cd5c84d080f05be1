import { describe, expect, it } from "vitest";
import { givenCustomer } from "../support/fixtures.ts";
import { upload } from "../support/uploads.ts";

/** As wrangler.toml has it. */
const LIMIT = 30;

const create = (orgId: string, env = {}) => upload(orgId, "no audio", { env });

describe("an organisation that uploads too often", () => {
  it("is 429 with Retry-After, and no other organisation is", async () => {
    const [eager, calm] = [await givenCustomer({ active: true }), await givenCustomer({ active: true })];
    for (let n = 0; n < LIMIT; n += 1) expect((await create(eager)).status).toBe(422);
    const refused = await create(eager);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("Retry-After")).toBe("60");
    expect(await refused.json()).toEqual({
      error: "Too many uploads in a short time. Please wait a minute and try again.",
    });
    expect((await create(calm)).status).toBe(422);
  });

  it("is let through when the limiter itself fails", async () => {
    const orgId = await givenCustomer({ active: true });
    const VOICE_CREATION_RATE_LIMIT = { limit: () => Promise.reject(new Error("injected fault")) };
    expect((await create(orgId, { VOICE_CREATION_RATE_LIMIT })).status).toBe(422);
  });
});
