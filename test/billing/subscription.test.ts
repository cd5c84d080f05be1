// The subscription check of an upload: how long Polar's answer is reused, and what an outage of Polar does.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stateChanged } from "../../dev/polar-customer.ts";
import { failingQueries } from "../support/bindings.ts";
import { newIsolate } from "../support/call.ts";
import {
  fixture,
  givenCustomer,
  givenPolarFault,
  polarCalls,
  resetPolar,
  setSubscription,
} from "../support/fixtures.ts";
import { upload } from "../support/uploads.ts";
import { sendWebhook } from "../support/webhooks.ts";

/** The status of an upload. */
const create = async (orgId: string, overrides: Partial<Env> = {}) =>
  (await upload(orgId, await fixture("speech.wav"), { env: overrides })).status;

/** The status of an upload that `isolate` receives. */
const createIn = async (isolate: Env, orgId: string) =>
  (await upload(orgId, await fixture("speech.wav"), { isolate })).status;

/** Makes the stored confirmation of a subscription `minutes` older. */
const age = (orgId: string, minutes: number) =>
  env.DB.prepare("update subscriptions set confirmed_at = confirmed_at - ? where org_id = ?")
    .bind(minutes * 60_000, orgId)
    .run();

const givenOutage = (times = 1) =>
  givenPolarFault({ target: "customers", kind: "status", status: 503, times });

afterEach(async () => {
  vi.useRealTimers();
  await resetPolar();
});

describe("the subscription of an organisation", () => {
  it("is requested from Polar once for a burst of uploads", async () => {
    const orgId = await givenCustomer({ active: true });
    for (let n = 0; n < 4; n += 1) expect(await create(orgId)).toBe(201);
    expect(await polarCalls(`/customers/external/${orgId}/state`)).toBe(1);
  });

  it("is requested from Polar again after a minute", async () => {
    const orgId = await givenCustomer({ active: true });
    expect(await create(orgId)).toBe(201);
    await setSubscription(orgId, false);
    expect(await create(orgId)).toBe(201);
    await age(orgId, 1);
    expect(await create(orgId)).toBe(403);
  });

  it("is requested from Polar again by another isolate after it was inactive", async () => {
    const orgId = await givenCustomer({ active: false });
    expect(await create(orgId)).toBe(403);
    await setSubscription(orgId, true);
    expect(await create(orgId)).toBe(201);
  });

  it("that does not exist is requested from Polar once in ten seconds by an isolate", async () => {
    const orgId = await givenCustomer({ active: false });
    const isolate = newIsolate();
    const start = Date.now();
    const createAt = (seconds: number) => {
      vi.useFakeTimers({ now: start + seconds * 1000, toFake: ["Date"] });
      return createIn(isolate, orgId);
    };
    expect(await createAt(0)).toBe(403);
    await setSubscription(orgId, true);
    expect(await createAt(9)).toBe(403);
    expect(await polarCalls(`/customers/external/${orgId}/state`)).toBe(1);
    expect(await createAt(10)).toBe(201);
  });

  it("that a webhook reports is accepted at once by an isolate that remembers none", async () => {
    const orgId = await givenCustomer({ active: false });
    const isolate = newIsolate();
    expect(await createIn(isolate, orgId)).toBe(403);
    expect((await sendWebhook(stateChanged(orgId, true))).status).toBe(204);
    expect(await createIn(isolate, orgId)).toBe(201);
  });

  it("that does not exist is not remembered when Polar could not be asked", async () => {
    const orgId = await givenCustomer({ active: true });
    const isolate = newIsolate();
    await givenOutage();
    expect(await createIn(isolate, orgId)).toBe(500);
    expect(await createIn(isolate, orgId)).toBe(201);
  });

  it("that was active is accepted during an outage of Polar for an hour, and not longer", async () => {
    const orgId = await givenCustomer({ active: true });
    expect(await create(orgId)).toBe(201);
    await givenOutage(2);
    await age(orgId, 59);
    expect(await create(orgId)).toBe(201);
    await age(orgId, 1);
    expect(await create(orgId)).toBe(500);
  });

  it("that was inactive at Polar's last response is 500 during an outage", async () => {
    const orgId = await givenCustomer({ active: true });
    expect(await create(orgId)).toBe(201);
    await age(orgId, 2);
    await setSubscription(orgId, false);
    expect(await create(orgId)).toBe(403);
    await givenOutage();
    expect(await create(orgId)).toBe(500);
  });

  it("is requested from Polar when D1 cannot read or store it", async () => {
    const orgId = await givenCustomer({ active: true });
    const DB = failingQueries(env.DB, /"subscriptions"/);
    expect(await create(orgId, { DB })).toBe(201);
    await setSubscription(orgId, false);
    expect(await create(orgId, { DB })).toBe(403);
  });
});
