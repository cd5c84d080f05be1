// The rate limit on creating voices, and how much of Polar's own limit refused callers can spend.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failing } from "../support/bindings.ts";
import { newIsolate } from "../support/call.ts";
import { givenCustomer, newOrg, polarCalls, resetPolar } from "../support/fixtures.ts";
import { sessionToken } from "../support/tokens.ts";
import { upload } from "../support/uploads.ts";

/** As in wrangler.toml. */
const LIMIT = 30;
const PERIOD_MS = 60_000;

const newUser = () => `user_${crypto.randomUUID()}`;

/** Sends something that is no audio: 422 unless the request is refused before. */
async function create(orgId: string, { userId = newUser(), isolate = newIsolate() } = {}): Promise<Response> {
  const headers = {
    Authorization: `Bearer ${await sessionToken({ orgId, userId })}`,
    "Content-Type": "audio/wav",
  };
  return upload(undefined, "no audio", { headers, isolate });
}

/** The statuses of `count` requests, one after the other. */
async function statusesOf(count: number, send: () => Promise<Response>): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < count; n += 1) statuses.push((await send()).status);
  return statuses;
}

const allOf = (status: number, count = LIMIT) => Array<number>(count).fill(status);

/** Longer than a test takes. */
const MARGIN_MS = 15_000;

// The local limiter counts by the minutes of the clock: no test may begin in one and end in the next.
beforeEach(async () => {
  const leftMs = PERIOD_MS - (Date.now() % PERIOD_MS);
  if (leftMs < MARGIN_MS) await scheduler.wait(leftMs);
}, PERIOD_MS);
afterEach(resetPolar);

describe("creating voices", () => {
  it("is 429 with Retry-After beyond 30 uploads a minute of an organisation, and not for another one", async () => {
    const [limited, other] = [await givenCustomer({ active: true }), await givenCustomer({ active: true })];
    expect(await statusesOf(LIMIT, () => create(limited))).toEqual(allOf(422));
    const rejected = await create(limited);
    expect(rejected.status).toBe(429);
    expect(rejected.headers.get("Retry-After")).toBe("60");
    expect(await rejected.json()).toEqual({
      error: "Too many uploads in a short time. Please wait a minute and try again.",
    });
    expect((await create(other)).status).toBe(422);
  });

  it("is 429 beyond 30 uploads a minute of a user in any number of organisations, before Polar is asked", async () => {
    const userId = newUser();
    expect(await statusesOf(LIMIT, () => create(newOrg(), { userId }))).toEqual(allOf(403));
    const orgId = await givenCustomer({ active: true });
    expect((await create(orgId, { userId })).status).toBe(429);
    expect(await polarCalls(`/customers/external/${orgId}/state`)).toBe(0);
    expect((await create(orgId)).status).toBe(422);
  });

  it("beyond the limit of a user takes nothing of the limit of the organisation", async () => {
    const [userId, orgId] = [newUser(), await givenCustomer({ active: true })];
    await statusesOf(LIMIT, () => create(newOrg(), { userId }));
    expect(await statusesOf(LIMIT, () => create(orgId, { userId }))).toEqual(allOf(429));
    expect(await statusesOf(LIMIT, () => create(orgId))).toEqual(allOf(422));
  });

  it("costs five requests to Polar for 60 uploads of five organisations without a subscription", async () => {
    const isolate = newIsolate();
    const orgIds = Array.from({ length: 5 }, newOrg);
    for (const orgId of orgIds) {
      expect(await statusesOf(12, () => create(orgId, { isolate }))).toEqual(allOf(403, 12));
    }
    for (const orgId of orgIds) expect(await polarCalls(`/customers/external/${orgId}/state`)).toBe(1);
  });

  it("is not limited when the rate limiter fails", async () => {
    const orgId = await givenCustomer({ active: true });
    const { VOICE_CREATION_RATE_LIMIT } = newIsolate();
    const isolate = newIsolate({ VOICE_CREATION_RATE_LIMIT: failing(VOICE_CREATION_RATE_LIMIT, "limit") });
    expect((await create(orgId, { isolate })).status).toBe(422);
  });
});
