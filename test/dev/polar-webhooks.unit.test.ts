// The webhooks of the Polar fake: retried and given up as Polar does, and sent when a meter changes.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { LOCAL_POLAR_TOKEN } from "../../dev/identities.ts";
import { createPolarFake } from "../../dev/polar.ts";

/** The status of the endpoint's answers. */
let status: number;
const send = vi.fn(async (_payload: unknown) => status);
let polar: ReturnType<typeof createPolarFake>;

beforeEach(() => {
  status = 204;
  send.mockClear();
  polar = createPolarFake(LOCAL_POLAR_TOKEN, send);
});

const setSubscription = (orgId: string, active: boolean) =>
  polar.request(`/subscriptions/${orgId}`, { method: "PUT", body: JSON.stringify({ active }) });

const retry = async (times = 1) => {
  for (let n = 0; n < times; n += 1) await polar.request("/webhooks/retry", { method: "POST" });
};

const endpoint = async () => (await polar.request("/webhooks")).json();

const ingest = (orgId: string, externalId: string) =>
  polar.request("/v1/events/ingest", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${LOCAL_POLAR_TOKEN}`,
      "Polar-Version": "2026-10",
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      events: [{ name: "voice_creation", external_customer_id: orgId, external_id: externalId }],
    }),
  });

describe("a webhook of the Polar fake", () => {
  it.each([301, 403, 404, 413, 500])("is sent again after a %i, with the same payload", async (failure) => {
    status = failure;
    await setSubscription("org_acme", true);
    status = 204;
    await retry(2);
    expect(send).toHaveBeenCalledTimes(2);
    expect(send.mock.calls[1]).toEqual(send.mock.calls[0]);
    expect(await endpoint()).toEqual({ enabled: true, failed: 0, pending: [] });
  });

  it("is sent again after the connection broke", async () => {
    send.mockRejectedValueOnce(new Error("connection lost"));
    expect((await setSubscription("org_acme", true)).status).toBe(200);
    expect(await endpoint()).toMatchObject({ pending: [{ deliveries: 1 }] });
    await retry();
    expect(await endpoint()).toMatchObject({ pending: [] });
  });

  it("is sent ten times at most", async () => {
    status = 500;
    await setSubscription("org_acme", true);
    await retry(20);
    expect(send).toHaveBeenCalledTimes(10);
    expect(await endpoint()).toEqual({ enabled: true, failed: 1, pending: [] });
  });

  it("is sent no more after ten events in a row failed for good, until the fake is reset", async () => {
    status = 500;
    for (let n = 0; n < 11; n += 1) await setSubscription("org_acme", n % 2 === 0);
    await retry(9);
    expect(await endpoint()).toEqual({ enabled: false, failed: 10, pending: [] });
    send.mockClear();
    status = 204;
    await setSubscription("org_acme", true);
    await retry();
    expect(send).not.toHaveBeenCalled();
    await polar.request("/", { method: "DELETE" });
    await setSubscription("org_acme", false);
    expect(send).toHaveBeenCalled();
  });

  it("that succeeds ends the row of failures", async () => {
    status = 500;
    for (let n = 0; n < 9; n += 1) await setSubscription("org_acme", n % 2 === 0);
    await retry(9);
    expect(await endpoint()).toMatchObject({ enabled: true, failed: 9 });
    status = 204;
    await setSubscription("org_acme", true);
    expect(await endpoint()).toMatchObject({ failed: 0 });
  });

  it("is sent for a new event of a customer, whose meter changes, and not for a duplicate or a stranger", async () => {
    await setSubscription("org_acme", true);
    send.mockClear();
    await ingest("org_acme", "event_1");
    await ingest("org_acme", "event_1");
    await ingest("org_unknown", "event_2");
    expect(send.mock.calls).toMatchObject([
      [{ type: "customer.state_changed", data: { external_id: "org_acme", active_subscriptions: [{}] } }],
    ]);
  });
});
