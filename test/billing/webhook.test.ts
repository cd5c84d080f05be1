// POST /api/webhooks/polar: changes of subscriptions, pushed by Polar.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { stateChanged } from "../../dev/polar-customer.ts";
import { failingQueries } from "../support/bindings.ts";
import { call } from "../support/call.ts";
import {
  fixture,
  givenCustomer,
  givenPolarFault,
  newOrg,
  resetPolar,
  setSubscription,
} from "../support/fixtures.ts";
import { upload } from "../support/uploads.ts";
import { sendWebhook } from "../support/webhooks.ts";

/** The status of an upload. */
const create = async (orgId: string) => (await upload(orgId, await fixture("speech.wav"))).status;
const storedSubscription = (orgId: string) =>
  env.DB.prepare("select active, confirmed_at from subscriptions where org_id = ?").bind(orgId).first();

afterEach(resetPolar);

describe("POST /api/webhooks/polar", () => {
  it("makes uploads 403 at once when a subscription has ended", async () => {
    const orgId = await givenCustomer({ active: true });
    expect(await create(orgId)).toBe(201);
    await setSubscription(orgId, false);
    expect((await sendWebhook(stateChanged(orgId, false))).status).toBe(204);
    expect(await create(orgId)).toBe(403);
  });

  it("makes uploads 201 when a subscription has begun, without a request to Polar", async () => {
    const orgId = newOrg();
    await sendWebhook(stateChanged(orgId, true));
    await givenPolarFault({ target: "customers", kind: "status", status: 503 });
    expect(await create(orgId)).toBe(201);
  });

  it("keeps the newest of several notifications, in whatever order and however often they arrive", async () => {
    const orgId = newOrg();
    const [earlier, later] = [new Date(Date.now() - 2000), new Date(Date.now() - 1000)];
    const end = stateChanged(orgId, false, later);
    const begin = stateChanged(orgId, true, earlier);
    for (const notification of [end, begin, begin, end, begin]) {
      expect((await sendWebhook(notification)).status).toBe(204);
    }
    expect(await storedSubscription(orgId)).toEqual({ active: 0, confirmed_at: later.getTime() });
  });

  it.each([
    ["signed with another secret", { secret: "whsec_b3RoZXI=" }],
    ["sent six minutes ago", { sentAt: Math.floor(Date.now() / 1000) - 360 }],
    ["sent in six minutes", { sentAt: Math.floor(Date.now() / 1000) + 360 }],
    ["without a signature", { headers: { "webhook-signature": "" } }],
    ["with a signature of an unknown version", { headers: { "webhook-signature": "v2,AAAA" } }],
    ["signed for another webhook id", { headers: { "webhook-id": "another" } }],
  ])("is 403 for a notification %s, and stores nothing", async (_flaw, options) => {
    const orgId = newOrg();
    const response = await sendWebhook(stateChanged(orgId, true), options);
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ error: "Invalid webhook signature" });
    expect(await storedSubscription(orgId)).toBeNull();
  });

  it.each([
    ["an event of another type", { type: "order.created", data: {} }],
    ["an event of a type that does not exist yet", { type: "customer.promoted", data: {} }],
    ["a customer without an external id", stateChanged(null, true)],
  ])("is 204 for %s", async (_fact, payload) => {
    expect((await sendWebhook(payload)).status).toBe(204);
  });

  it("is 500, so that Polar retries, for an unexpected shape and when D1 fails", async () => {
    expect((await sendWebhook({ type: "customer.state_changed", data: {} })).status).toBe(500);
    const DB = failingQueries(env.DB, /./);
    expect((await sendWebhook(stateChanged(newOrg(), true), { env: { DB } })).status).toBe(500);
  });

  it("is 413 for more than 1 MiB, 405 for a GET, and 404 when POLAR_WEBHOOK_SECRET is unset", async () => {
    expect((await sendWebhook({ type: "x".repeat(1024 * 1024) })).status).toBe(413);
    expect((await call("/api/webhooks/polar")).status).toBe(405);
    const unset = { POLAR_WEBHOOK_SECRET: "" } as Partial<Env>;
    expect((await sendWebhook(stateChanged(newOrg(), true), { env: unset })).status).toBe(404);
  });
});
