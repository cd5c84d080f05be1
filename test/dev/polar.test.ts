// The stand-in must reject what Polar's published API rejects, or the tests against it prove nothing.
import { afterEach, describe, expect, it } from "vitest";
import { LOCAL_POLAR_TOKEN } from "../../dev/identities.ts";
import { givenCustomer, givenPolarFault, meteredEvents, newOrg, resetPolar } from "../support/fixtures.ts";

const HEADERS = {
  Authorization: `Bearer ${LOCAL_POLAR_TOKEN}`,
  "Polar-Version": "2026-10",
  "Content-Type": "application/json",
};

const send = (event: unknown, headers: HeadersInit = HEADERS) =>
  fetch("https://polar.test/v1/events/ingest", {
    method: "POST",
    headers,
    body: JSON.stringify({ events: [event] }),
  });

const switchState = async (path: string) => (await fetch(`https://polar.test${path}`)).json();

const valid = () => ({
  name: "voice_creation",
  external_customer_id: newOrg(),
  external_id: crypto.randomUUID(),
});

afterEach(resetPolar);

describe("the Polar stand-in", () => {
  it("folds events with the same external_id, and counts them", async () => {
    const event = valid();
    expect(await (await send(event)).json()).toEqual({ inserted: 1, duplicates: 0 });
    expect(await (await send(event)).json()).toEqual({ inserted: 0, duplicates: 1 });
    expect(await meteredEvents(event.external_customer_id)).toMatchObject([{ duplicates: 1 }]);
  });

  it.each([
    ["no credentials", 401, { ...HEADERS, Authorization: "" }],
    ["other credentials", 401, { ...HEADERS, Authorization: "Bearer polar_oat_other" }],
    ["no API version", 400, { ...HEADERS, "Polar-Version": "" }],
    ["another content type", 422, { ...HEADERS, "Content-Type": "text/plain" }],
  ])("refuses %s", async (_fact, status, headers) => {
    const event = valid();
    expect((await send(event, headers)).status).toBe(status);
    expect(await meteredEvents(event.external_customer_id)).toEqual([]);
  });

  it.each([
    ["no name", { name: undefined }],
    ["no customer", { external_customer_id: undefined }],
    ["two customers", { customer_id: crypto.randomUUID() }],
    ["a timestamp in the future", { timestamp: "2999-01-01T00:00:00Z" }],
    ["a timestamp without a zone", { timestamp: "2026-01-01T00:00:00" }],
    ["metadata that nests", { metadata: { a: { b: 1 } } }],
    ["too long a metadata key", { metadata: { ["k".repeat(41)]: 1 } }],
  ])("refuses an event with %s", async (_fact, change) => {
    const response = await send({ ...valid(), ...change });
    expect(response.status).toBe(422);
    expect(await response.json()).toHaveProperty("detail");
  });

  it("makes a planned fault as often as it was planned", async () => {
    await givenPolarFault({ target: "events", kind: "status", status: 429, times: 2 });
    const statuses = [await send(valid()), await send(valid()), await send(valid())].map(
      ({ status }) => status,
    );
    expect(statuses).toEqual([429, 429, 200]);
  });

  it("keeps an event whose answer it loses", async () => {
    const event = valid();
    await givenPolarFault({ target: "events", kind: "lose_response" });
    await expect(send(event).then((response) => response.json())).rejects.toThrow();
    expect(await meteredEvents(event.external_customer_id)).toHaveLength(1);
  });

  it("tells which faults are still to come", async () => {
    const planned = { target: "events", kind: "status", status: 503, times: 2 } as const;
    await givenPolarFault(planned);
    expect(await switchState("/faults")).toMatchObject({ items: [planned] });
    await send(valid());
    expect(await switchState("/faults")).toMatchObject({ items: [{ ...planned, times: 1 }] });
    await send(valid());
    expect(await switchState("/faults")).toEqual({ items: [] });
  });

  it("tells how a subscription's switch stands", async () => {
    const active = async (orgId: string) => await switchState(`/subscriptions/${orgId}`);
    const [payer, former, stranger] = [
      await givenCustomer({ active: true }),
      await givenCustomer({ active: false }),
      newOrg(),
    ];
    expect(await active(payer)).toEqual({ orgId: payer, active: true });
    expect(await active(former)).toEqual({ orgId: former, active: false });
    expect(await active(stranger)).toEqual({ orgId: stranger, active: false });
  });

  it("knows a customer's subscription only when it was told of one", async () => {
    const state = (orgId: string) =>
      fetch(`https://polar.test/v1/customers/external/${orgId}/state`, { headers: HEADERS });
    expect((await state(newOrg())).status).toBe(404);
    const subscriptions = async (active: boolean) =>
      ((await (await state(await givenCustomer({ active }))).json()) as { active_subscriptions: unknown[] })
        .active_subscriptions.length;
    expect(await subscriptions(true)).toBe(1);
    expect(await subscriptions(false)).toBe(0);
  });
});
