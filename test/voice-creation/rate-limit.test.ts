// The rate limit on creating voices.
import { describe, expect, it } from "vitest";
import { givenCustomer } from "../support/fixtures.ts";
import { upload } from "../support/uploads.ts";

/** As in wrangler.toml, in 60 seconds. */
const LIMIT = 30;

const create = (orgId: string, env = {}) => upload(orgId, "no audio", { env });

describe("creating voices", () => {
  it("is 429 with Retry-After beyond 30 uploads a minute, and not for another organisation", async () => {
    const [limited, other] = [await givenCustomer({ active: true }), await givenCustomer({ active: true })];
    for (let n = 0; n < LIMIT; n += 1) expect((await create(limited)).status).toBe(422);
    const rejected = await create(limited);
    expect(rejected.status).toBe(429);
    expect(rejected.headers.get("Retry-After")).toBe("60");
    expect(await rejected.json()).toEqual({
      error: "Too many uploads in a short time. Please wait a minute and try again.",
    });
    expect((await create(other)).status).toBe(422);
  });

  it("is not limited when the rate limiter fails", async () => {
    const orgId = await givenCustomer({ active: true });
    const VOICE_CREATION_RATE_LIMIT = { limit: () => Promise.reject(new Error("injected fault")) };
    expect((await create(orgId, { VOICE_CREATION_RATE_LIMIT })).status).toBe(422);
  });
});
