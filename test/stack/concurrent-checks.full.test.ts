// Concurrent requests of one organisation, each with a context of its own in workerd: they share one answer of Polar.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LOCAL_POLAR_TOKEN } from "../../dev/identities.ts";
import { createPolarFake } from "../../dev/polar.ts";
import { migrate, type RunningWorker, start, tokenOf } from "../../dev/workerd.ts";
import { bundle, SERVICE_ENTRY } from "../../scripts/operator/bundle.ts";

/** The answer to a creation without parameters, once the subscription check has let it pass. */
const PASSED = 400;
const REQUESTS = 5;
/** For requests to arrive. */
const ARRIVAL_MS = 500;

const fake = createPolarFake(LOCAL_POLAR_TOKEN);
let worker: RunningWorker;
let calls: number;
let hasBeenAsked: PromiseWithResolvers<void>;
let mayAnswer: PromiseWithResolvers<void>;

async function outside(request: Request): Promise<Response> {
  calls += 1;
  hasBeenAsked.resolve();
  await mayAnswer.promise;
  return fake.fetch(new Request(request.url, request as RequestInit));
}

beforeAll(async () => {
  worker = await start((await bundle(SERVICE_ENTRY)).script, { outside });
  await migrate(worker);
}, 60_000);
afterAll(() => worker.stop());
beforeEach(() => {
  calls = 0;
  hasBeenAsked = Promise.withResolvers();
  mayAnswer = Promise.withResolvers();
});

async function givenSubscriber(): Promise<string> {
  const orgId = `org_${crypto.randomUUID()}`;
  await fake.request(`/subscriptions/${orgId}`, { method: "PUT", body: '{"active":true}' });
  return orgId;
}

async function create(orgId: string, signal?: AbortSignal): Promise<number> {
  const token = await tokenOf({ userId: "user_a", orgId, expiresInSeconds: 600, version: 2 });
  const response = await fetch(`${worker.url}/api/voices/create`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "audio/wav" },
    body: "no audio",
    ...(signal && { signal }),
  });
  await response.arrayBuffer();
  return response.status;
}

const arrival = () => new Promise((resolve) => setTimeout(resolve, ARRIVAL_MS));

describe("concurrent creations of an organisation whose state is not stored", () => {
  it("ask Polar once, and all get its answer", async () => {
    const orgId = await givenSubscriber();
    const statuses = Promise.all(Array.from({ length: REQUESTS }, () => create(orgId)));
    await hasBeenAsked.promise;
    await arrival();
    mayAnswer.resolve();
    expect(await statuses).toEqual(Array(REQUESTS).fill(PASSED));
    expect(calls).toBe(1);
  });

  it("get the answer when the client of the one that asks has disconnected", async () => {
    const orgId = await givenSubscriber();
    const disconnect = new AbortController();
    const first = create(orgId, disconnect.signal).catch(() => "disconnected");
    await hasBeenAsked.promise;
    const others = Promise.all(Array.from({ length: REQUESTS }, () => create(orgId)));
    await arrival();
    disconnect.abort();
    expect(await first).toBe("disconnected");
    await arrival();
    mayAnswer.resolve();
    expect(await others).toEqual(Array(REQUESTS).fill(PASSED));
    expect(calls).toBe(1);
  });
});
