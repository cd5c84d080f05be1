// POST /api/webhooks/polar: changes of subscriptions, pushed by Polar.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { LOCAL_POLAR_WEBHOOK_SECRET } from "../../dev/identities.ts";
import { stateChanged } from "../../dev/polar-customer.ts";
import { signedWebhook } from "../../dev/webhook.ts";
import { failingQueries } from "../support/bindings.ts";
import { call, dispatch, newCountingIsolate } from "../support/call.ts";
import {
  fixture,
  givenCustomer,
  givenPolarFault,
  newOrg,
  polarCalls,
  resetPolar,
  setSubscription,
} from "../support/fixtures.ts";
import { upload } from "../support/uploads.ts";
import { sendWebhook } from "../support/webhooks.ts";

const KIB = 1024;
/** An HMAC-SHA256 in base64 that signs nothing. */
const FORGED_SIGNATURE = `v1,${"A".repeat(43)}=`;

/** The status of an upload. */
const create = async (orgId: string) => (await upload(orgId, await fixture("speech.wav"))).status;
const storedSubscription = (orgId: string) =>
  env.DB.prepare("select active, confirmed_at from subscriptions where org_id = ?").bind(orgId).first();

afterEach(async () => {
  vi.restoreAllMocks();
  await resetPolar();
});

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

  it("stores a notification dated in the future as of now, so that the next one wins", async () => {
    const orgId = newOrg();
    const nextYear = new Date(Date.now() + 365 * 24 * 60 * 60_000);
    expect((await sendWebhook(stateChanged(orgId, true, nextYear))).status).toBe(204);
    expect(Number((await storedSubscription(orgId))?.confirmed_at)).toBeLessThanOrEqual(Date.now());
    expect((await sendWebhook(stateChanged(orgId, false))).status).toBe(204);
    expect(await storedSubscription(orgId)).toMatchObject({ active: 0 });
  });

  it("costs one D1 statement and no request to Polar for a notification that changes nothing", async () => {
    const orgId = newOrg();
    await sendWebhook(stateChanged(orgId, true));
    const { isolate, d1 } = newCountingIsolate();
    expect((await sendWebhook(stateChanged(orgId, true), { isolate })).status).toBe(204);
    expect(Object.values(d1)).toEqual([1]);
    expect(await polarCalls(`/customers/external/${orgId}/state`)).toBe(0);
    expect(await storedSubscription(orgId)).toMatchObject({ active: 1 });
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
    ["2,730 signatures", { "webhook-signature": "v1,xx ".repeat(2730).trim() }],
    ["five signatures", { "webhook-signature": Array(5).fill(FORGED_SIGNATURE).join(" ") }],
    ["a signature that is no HMAC", { "webhook-signature": "v1,xx" }],
    ["an id of 129 characters", { "webhook-id": "x".repeat(129) }],
    ["a timestamp that is no number", { "webhook-timestamp": "Infinity" }],
    ["a timestamp of six minutes ago", { "webhook-timestamp": `${Math.floor(Date.now() / 1000) - 360}` }],
    ["no id", { "webhook-id": "" }],
  ])("is 403 for %s without reading the body or computing an HMAC", async (_flaw, headers) => {
    const verify = vi.spyOn(crypto.subtle, "verify");
    const pull = vi.fn((controller: ReadableStreamDefaultController) =>
      controller.enqueue(new Uint8Array(KIB)),
    );
    const { response, backgroundWork } = dispatch("/api/webhooks/polar", {
      method: "POST",
      body: new ReadableStream({ pull }, { highWaterMark: 0 }),
      headers: {
        "webhook-id": "msg_1",
        "webhook-timestamp": `${Math.floor(Date.now() / 1000)}`,
        "webhook-signature": FORGED_SIGNATURE,
        ...headers,
      },
    });
    expect(await (await response).json()).toEqual({ error: "Invalid webhook signature" });
    await backgroundWork();
    expect((await response).status).toBe(403);
    expect(pull).not.toHaveBeenCalled();
    expect(verify).not.toHaveBeenCalled();
  });

  it("computes at most eight HMACs, each over at most 256 KiB, for a forged call", async () => {
    const verify = vi.spyOn(crypto.subtle, "verify");
    const signatures = Array(4).fill(FORGED_SIGNATURE).join(" ");
    const payload = { ...stateChanged(newOrg(), true), filler: "x".repeat(250 * KIB) };
    const response = await sendWebhook(payload, { headers: { "webhook-signature": signatures } });
    expect(response.status).toBe(403);
    expect(verify.mock.calls.length).toBeGreaterThan(0);
    expect(verify.mock.calls.length).toBeLessThanOrEqual(8);
    for (const [, , , signed] of verify.mock.calls) {
      expect((signed as Uint8Array).byteLength).toBeLessThanOrEqual(257 * KIB);
    }
  });

  it("accepts the valid one of several signatures, as Standard Webhooks allows during a rotation", async () => {
    const { headers, body } = await signedWebhook(stateChanged(newOrg(), true), {
      secret: LOCAL_POLAR_WEBHOOK_SECRET,
    });
    const signatures = `v1a,ed25519 ${FORGED_SIGNATURE} ${headers["webhook-signature"]}`;
    const rotated = { ...headers, "webhook-signature": signatures };
    const response = await call("/api/webhooks/polar", { method: "POST", body, headers: rotated });
    expect(response.status).toBe(204);
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

  it("is 413 for more than 256 KiB, and 204 for a customer with a little less", async () => {
    expect((await sendWebhook({ type: "x".repeat(256 * KIB) })).status).toBe(413);
    const filled = { ...stateChanged(newOrg(), true), filler: "x".repeat(250 * KIB) };
    expect((await sendWebhook(filled)).status).toBe(204);
  });

  it("is 405 for a GET, and 404 when POLAR_WEBHOOK_SECRET is unset, before the signature is checked", async () => {
    expect((await call("/api/webhooks/polar")).status).toBe(405);
    const env = { POLAR_WEBHOOK_SECRET: "" } as Partial<Env>;
    expect((await sendWebhook(stateChanged(newOrg(), true), { env })).status).toBe(404);
    expect((await call("/api/webhooks/polar", { method: "POST", body: "{}", env })).status).toBe(404);
  });
});
