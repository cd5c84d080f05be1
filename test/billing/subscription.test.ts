// The subscription check of an upload: how long Polar's answer is reused, and what an outage of Polar does.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stateChanged } from "../../dev/polar-customer.ts";
import { failingQueries } from "../support/bindings.ts";
import { dispatch, newIsolate } from "../support/call.ts";
import {
  endPolarFaults,
  fixture,
  givenCustomer,
  givenPolarFault,
  newOrg,
  polarCalls,
  resetPolar,
  setSubscription,
} from "../support/fixtures.ts";
import { sessionToken } from "../support/tokens.ts";
import { upload, VALID_QUERY } from "../support/uploads.ts";
import { sendWebhook } from "../support/webhooks.ts";

/** Without POLAR_WEBHOOK_SECRET. */
const POLLED = { POLAR_WEBHOOK_SECRET: "" } as Partial<Env>;

/** The status of an upload to a deployment without a webhook. */
const create = async (orgId: string, overrides: Partial<Env> = {}) =>
  (await upload(orgId, await fixture("speech.wav"), { env: { ...POLLED, ...overrides } })).status;

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
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  await resetPolar();
});

describe("the subscription of an organisation, without a webhook", () => {
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
    const isolate = newIsolate(POLLED);
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

  it("that does not exist is not remembered when Polar could not be asked", async () => {
    const orgId = await givenCustomer({ active: true });
    const isolate = newIsolate(POLLED);
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

describe("the subscription of an organisation, with a webhook", () => {
  const createReported = (orgId: string) => createIn(newIsolate(), orgId);
  const stateCalls = (orgId: string) => polarCalls(`/customers/external/${orgId}/state`);

  it("that it reports is accepted at once by an isolate that remembers none", async () => {
    const orgId = await givenCustomer({ active: false });
    const isolate = newIsolate();
    expect(await createIn(isolate, orgId)).toBe(403);
    expect((await sendWebhook(stateChanged(orgId, true))).status).toBe(204);
    expect(await createIn(isolate, orgId)).toBe(201);
  });

  it("is accepted for a day without a request to Polar, and then requested", async () => {
    const orgId = newOrg();
    await sendWebhook(stateChanged(orgId, true));
    await age(orgId, 24 * 60 - 1);
    expect(await createReported(orgId)).toBe(201);
    expect(await stateCalls(orgId)).toBe(0);
    await age(orgId, 1);
    expect(await createReported(orgId)).toBe(403);
    expect(await stateCalls(orgId)).toBe(1);
  });

  it("that is older than a day is 500 during an outage of Polar", async () => {
    const orgId = await givenCustomer({ active: true });
    await sendWebhook(stateChanged(orgId, true));
    await age(orgId, 24 * 60);
    await givenOutage();
    expect(await createReported(orgId)).toBe(500);
  });

  it("that it has not reported yet is requested from Polar, so that a new subscriber is accepted at once", async () => {
    const orgId = newOrg();
    await sendWebhook(stateChanged(orgId, false));
    await setSubscription(orgId, true);
    expect(await createReported(orgId)).toBe(201);
  });
});

describe("concurrent uploads of an organisation", () => {
  const createAtOnce = (isolate: Env, orgId: string) =>
    Promise.all(Array.from({ length: 4 }, () => createIn(isolate, orgId)));

  it.each([
    [201, true],
    [403, false],
  ])("in one isolate cost one request to Polar, and all are %i", async (status, active) => {
    const orgId = await givenCustomer({ active });
    expect(await createAtOnce(newIsolate(), orgId)).toEqual(Array(4).fill(status));
    expect(await polarCalls(`/customers/external/${orgId}/state`)).toBe(1);
  });

  it("are all 500 when Polar cannot be asked, and the next one asks again", async () => {
    const orgId = await givenCustomer({ active: true });
    const isolate = newIsolate();
    await givenOutage(4);
    expect(await createAtOnce(isolate, orgId)).toEqual(Array(4).fill(500));
    await endPolarFaults();
    expect(await createIn(isolate, orgId)).toBe(201);
  });

  it("ask again when the request that they wait for never ends", async () => {
    const orgId = await givenCustomer({ active: true });
    const isolate = newIsolate();
    const [fetchNow, setTimeoutNow] = [globalThis.fetch, globalThis.setTimeout];
    let calls = 0;
    vi.stubGlobal("fetch", (...args: Parameters<typeof fetch>) => {
      const isCheck = String(args[0]).endsWith("/state");
      calls += isCheck ? 1 : 0;
      return isCheck && calls === 1 ? new Promise<never>(() => undefined) : fetchNow(...args);
    });
    // The wait for the first request: no other timer has its length.
    vi.spyOn(globalThis, "setTimeout").mockImplementation(((handler: () => void, ms: number) =>
      setTimeoutNow(handler, ms === 15_000 ? 50 : ms)) as typeof setTimeout);
    const url = `/api/voices/create?${new URLSearchParams(VALID_QUERY)}`;
    const headers = { Authorization: `Bearer ${await sessionToken({ orgId })}`, "Content-Type": "audio/wav" };
    dispatch(url, { method: "POST", body: "no audio", headers, isolate });
    await vi.waitFor(() => expect(calls).toBe(1));
    expect(await createIn(isolate, orgId)).toBe(201);
    expect(calls).toBe(2);
  });
});
