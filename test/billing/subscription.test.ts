import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { failingOn } from "../support/call.ts";
import { fixture, givenCustomer, givenPolarFault, polarCalls, resetPolar } from "../support/fixtures.ts";
import { upload } from "../support/uploads.ts";

const create = async (orgId: string, overrides: Partial<Env> = {}) =>
  (await upload(orgId, await fixture("speech.wav"), { env: overrides })).status;

const setActive = (orgId: string, active: boolean) =>
  fetch(`https://polar.test/subscriptions/${orgId}`, { method: "PUT", body: JSON.stringify({ active }) });
/** Makes what is known of the subscription older. */
const age = (orgId: string, minutes: number) =>
  env.DB.prepare("update subscriptions set confirmed_at = confirmed_at - ? where org_id = ?")
    .bind(minutes * 60_000, orgId)
    .run();
const givenOutage = (times = 1) =>
  givenPolarFault({ target: "customers", kind: "status", status: 503, times });

afterEach(resetPolar);

describe("the subscription of an organisation", () => {
  it("is asked for once in a burst of uploads", async () => {
    const orgId = await givenCustomer({ active: true });
    for (let n = 0; n < 4; n += 1) expect(await create(orgId)).toBe(201);
    expect(await polarCalls(`/customers/external/${orgId}/state`)).toBe(1);
  });

  it("is asked for again after a minute", async () => {
    const orgId = await givenCustomer({ active: true });
    expect(await create(orgId)).toBe(201);
    await setActive(orgId, false);
    expect(await create(orgId)).toBe(201);
    await age(orgId, 1);
    expect(await create(orgId)).toBe(403);
  });

  it("is never refused from memory", async () => {
    const orgId = await givenCustomer({ active: false });
    expect(await create(orgId)).toBe(403);
    await setActive(orgId, true);
    expect(await create(orgId)).toBe(201);
  });

  it("outlives an outage of Polar for an hour, and no longer", async () => {
    const orgId = await givenCustomer({ active: true });
    expect(await create(orgId)).toBe(201);
    await givenOutage(2);
    await age(orgId, 59);
    expect(await create(orgId)).toBe(201);
    await age(orgId, 1);
    expect(await create(orgId)).toBe(500);
  });

  it("does not outlive it where Polar's last word was no", async () => {
    const orgId = await givenCustomer({ active: true });
    expect(await create(orgId)).toBe(201);
    await age(orgId, 2);
    await setActive(orgId, false);
    expect(await create(orgId)).toBe(403);
    await givenOutage();
    expect(await create(orgId)).toBe(500);
  });

  it("is asked of Polar when the memory fails", async () => {
    const orgId = await givenCustomer({ active: true });
    const DB = failingOn(env.DB, /"subscriptions"/);
    expect(await create(orgId, { DB })).toBe(201);
    await setActive(orgId, false);
    expect(await create(orgId, { DB })).toBe(403);
  });
});
