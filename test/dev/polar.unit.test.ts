// The Polar fake must reject what Polar's published API rejects; otherwise tests against it would prove nothing.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { LOCAL_POLAR_TOKEN } from "../../dev/identities.ts";
import { createPolarFake } from "../../dev/polar.ts";
import type { PolarFault, StoredEvent } from "../../dev/polar-schema.ts";

const HEADERS = {
  Authorization: `Bearer ${LOCAL_POLAR_TOKEN}`,
  "Polar-Version": "2026-10",
  "Content-Type": "application/json",
};

let polar: ReturnType<typeof createPolarFake>;

beforeEach(() => {
  polar = createPolarFake(LOCAL_POLAR_TOKEN);
});

const ingest = async (event: unknown, headers: HeadersInit = HEADERS) =>
  polar.request("/v1/events/ingest", { method: "POST", headers, body: JSON.stringify({ events: [event] }) });

const put = async (path: string, body: unknown) =>
  polar.request(path, { method: "PUT", body: JSON.stringify(body) });

const get = async <Body>(path: string) => (await (await polar.request(path)).json()) as Body;

const storedEvents = async () => (await get<{ items: StoredEvent[] }>("/events")).items;

const validEvent = () => ({
  name: "voice_creation",
  external_customer_id: "org_acme",
  external_id: crypto.randomUUID(),
});

describe("the Polar fake", () => {
  it("stores one event for repeated requests with the same external_id, and counts the duplicates", async () => {
    const event = validEvent();
    expect(await (await ingest(event)).json()).toEqual({ inserted: 1, duplicates: 0 });
    expect(await (await ingest(event)).json()).toEqual({ inserted: 0, duplicates: 1 });
    expect(await storedEvents()).toMatchObject([{ ...event, duplicates: 1 }]);
  });

  it.each([
    ["without credentials", 401, { ...HEADERS, Authorization: "" }],
    ["with other credentials", 401, { ...HEADERS, Authorization: "Bearer polar_oat_other" }],
    ["for an API version that was removed", 404, { ...HEADERS, "Polar-Version": "2025-01" }],
    ["for an API version that is malformed", 404, { ...HEADERS, "Polar-Version": "latest" }],
    ["with another content type", 422, { ...HEADERS, "Content-Type": "text/plain" }],
  ])("rejects a request %s with %i and stores nothing", async (_case, status, headers) => {
    expect((await ingest(validEvent(), headers)).status).toBe(status);
    expect(await storedEvents()).toEqual([]);
  });

  it("keeps the metadata of an event: numbers, text and booleans", async () => {
    const metadata = { characters: 11, note: "a", isTest: true, _cost: { amount: 5, currency: "usd" } };
    expect((await ingest({ ...validEvent(), metadata })).status).toBe(200);
    expect(await storedEvents()).toMatchObject([{ metadata }]);
  });

  it("takes the current API version when none is named, and names it in the response", async () => {
    const { "Polar-Version": _version, ...headers } = HEADERS;
    const response = await ingest(validEvent(), headers);
    expect(response.status).toBe(200);
    expect(response.headers.get("Polar-Version")).toBe("2026-10");
  });

  it.each([
    ["without a token", { Authorization: "" }, 401, { error: "Unauthorized", detail: "Unauthorized" }],
    ["with an unknown token", { Authorization: "Bearer x" }, 401, { error: "invalid_token" }],
    ["for a removed API version", { "Polar-Version": "2025-01" }, 404, { detail: "Not Found" }],
  ])("answers a request %s with Polar's body", async (_case, change, status, body) => {
    const response = await ingest(validEvent(), { ...HEADERS, ...change });
    expect(response.status).toBe(status);
    const answer = await response.json();
    expect(answer).toMatchObject(body);
    if (status === 404) expect(answer).toEqual(body);
  });

  it("answers an unknown path as a removed API version, and an unknown customer otherwise", async () => {
    const at = async (path: string) => {
      const response = await polar.request(path, { headers: HEADERS });
      return [response.status, await response.json()];
    };
    expect(await at("/v1/v1/customers/external/org_demo/state")).toEqual([404, { detail: "Not Found" }]);
    const unknown = { error: "ResourceNotFound", detail: "Not found" };
    expect(await at("/v1/customers/external/org_unknown/state")).toEqual([404, unknown]);
  });

  it.each([
    ["without a name", { name: undefined }],
    ["with a name of 129 characters", { name: "n".repeat(129) }],
    ["with NUL in its external_id", { external_id: "a\0b" }],
    ["without a customer", { external_customer_id: undefined }],
    ["with two customers", { customer_id: crypto.randomUUID() }],
    ["with a timestamp in the future", { timestamp: "2999-01-01T00:00:00Z" }],
    ["with a timestamp without a time zone", { timestamp: "2026-01-01T00:00:00" }],
    ["with nested metadata", { metadata: { a: { b: 1 } } }],
    ["with a metadata key of 41 characters", { metadata: { ["k".repeat(41)]: 1 } }],
    ["with an empty metadata key", { metadata: { "": 1 } }],
    [
      "with 51 metadata keys",
      { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, n])) },
    ],
    ["with null as its metadata", { metadata: null }],
    ["with null as a metadata value", { metadata: { characters: null } }],
    ["with a list as a metadata value", { metadata: { characters: [7] } }],
    ["with an empty metadata value", { metadata: { note: "" } }],
    ["with a metadata value of 501 characters", { metadata: { note: "x".repeat(501) } }],
    ["with NUL in a metadata value", { metadata: { note: "a\0b" } }],
    ["with a number as its cost", { metadata: { _cost: 7 } }],
    ["with a number as its language model", { metadata: { _llm: 7 } }],
  ])("rejects an event %s with 422", async (_case, change) => {
    const response = await ingest({ ...validEvent(), ...change });
    expect(response.status).toBe(422);
    expect(await response.json()).toHaveProperty("detail");
  });

  it.each([
    ["organization_id, since the token is an organisation's", "organization_id", "organization_token"],
    ["a customer_id that it does not know", "customer_id", "customer_id"],
  ])("rejects %s, with 422 and Polar's body, and stores none of the batch", async (_case, name, type) => {
    const named = { ...validEvent(), [name]: crypto.randomUUID() };
    const { external_customer_id: _external, ...withoutExternal } = named;
    const rejected = name === "customer_id" ? withoutExternal : named;
    const response = await polar.request("/v1/events/ingest", {
      method: "POST",
      headers: HEADERS,
      body: JSON.stringify({ events: [validEvent(), rejected] }),
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      error: "PolarRequestValidationError",
      detail: [{ type, loc: ["body", "events", 1, name] }],
    });
    expect(await storedEvents()).toEqual([]);
  });

  it("accepts an event with a name of 128 characters", async () => {
    expect((await ingest({ ...validEvent(), name: "n".repeat(128) })).status).toBe(200);
  });

  it("answers 429 beyond 500 requests in the minute that the first of them begins, whatever they ask", async () => {
    const start = Date.now();
    const state = () => polar.request("/v1/customers/external/org_demo/state", { headers: HEADERS });
    const at = (milliseconds: number) => vi.useFakeTimers({ now: start + milliseconds, toFake: ["Date"] });
    try {
      at(0);
      expect((await ingest(validEvent())).status).toBe(200);
      at(59_000);
      for (let n = 1; n < 500; n += 1) expect((await state()).status).toBe(200);
      expect((await ingest(validEvent())).status).toBe(429);
      at(59_999);
      expect((await state()).status).toBe(429);
      at(60_000);
      for (let n = 0; n < 500; n += 1) expect((await state()).status).toBe(200);
      expect((await state()).status).toBe(429);
    } finally {
      vi.useRealTimers();
    }
  });

  it("answers a 429 without a body, with a whole minute as Retry-After", async () => {
    await put("/rate-limit", { perMinute: 1 });
    await ingest(validEvent());
    const limited = await ingest(validEvent());
    expect(limited.status).toBe(429);
    expect(limited.headers.get("Retry-After")).toBe("60");
    expect(limited.headers.get("Content-Type")).toBeNull();
    expect(await limited.text()).toBe("");
  });

  it("counts no request that it answers with 429", async () => {
    await put("/rate-limit", { perMinute: 1 });
    await ingest(validEvent());
    await ingest(validEvent());
    await put("/rate-limit", { perMinute: 2 });
    expect((await ingest(validEvent())).status).toBe(200);
  });

  it("injects a fault as many times as requested, then recovers", async () => {
    await put("/faults", { target: "events", kind: "status", status: 429, times: 2 });
    const responses = [await ingest(validEvent()), await ingest(validEvent()), await ingest(validEvent())];
    expect(responses.map(({ status }) => status)).toEqual([429, 429, 200]);
  });

  it("stores an event whose response it loses", async () => {
    await put("/faults", { target: "events", kind: "lose_response" });
    await expect(ingest(validEvent()).then((response) => response.json())).rejects.toThrow();
    expect(await storedEvents()).toHaveLength(1);
  });

  it("lists the events of one customer with ?org=, and all without", async () => {
    await ingest(validEvent());
    await ingest({ ...validEvent(), external_customer_id: "org_other" });
    const customers = ({ items }: { items: StoredEvent[] }) =>
      items.map(({ external_customer_id: id }) => id);
    expect(customers(await get("/events?org=org_acme"))).toEqual(["org_acme"]);
    expect(customers(await get("/events"))).toEqual(["org_acme", "org_other"]);
  });

  it("tells of each fault when it takes effect, and not of a planned one", async () => {
    const told: PolarFault[] = [];
    polar = createPolarFake(LOCAL_POLAR_TOKEN, undefined, (fault) => told.push(fault));
    await put("/faults", { target: "events", kind: "status", status: 503 });
    await get("/faults");
    expect(told).toEqual([]);
    await ingest(validEvent());
    expect(told).toMatchObject([{ target: "events", status: 503 }]);
    await ingest(validEvent());
    expect(told).toHaveLength(1);
  });

  it("lists the pending faults", async () => {
    const fault: Partial<PolarFault> = { target: "events", kind: "status", status: 503, times: 2 };
    await put("/faults", fault);
    expect(await get("/faults")).toMatchObject({ items: [fault] });
    await ingest(validEvent());
    expect(await get("/faults")).toMatchObject({ items: [{ ...fault, times: 1 }] });
    await ingest(validEvent());
    expect(await get("/faults")).toEqual({ items: [] });
  });

  it("returns whether a subscription is active, and false for an unknown organisation", async () => {
    await put("/subscriptions/org_active", { active: true });
    await put("/subscriptions/org_cancelled", { active: false });
    for (const [orgId, active] of [
      ["org_active", true],
      ["org_cancelled", false],
      ["org_unknown", false],
    ]) {
      expect(await get(`/subscriptions/${orgId}`)).toEqual({ orgId, active });
    }
  });

  it("knows a customer once its subscription was set, and 404s an unknown one", async () => {
    const state = async (orgId: string) =>
      polar.request(`/v1/customers/external/${orgId}/state`, { headers: HEADERS });
    expect((await state("org_unknown")).status).toBe(404);
    const activeSubscriptions = async (active: boolean) => {
      await put("/subscriptions/org_acme", { active });
      const body = (await (await state("org_acme")).json()) as { active_subscriptions: unknown[] };
      return body.active_subscriptions.length;
    };
    expect(await activeSubscriptions(true)).toBe(1);
    expect(await activeSubscriptions(false)).toBe(0);
  });
});
