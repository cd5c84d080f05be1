import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { stateChanged } from "../../dev/polar-customer.ts";
import { call, failingOn } from "../support/call.ts";
import { fixture, givenCustomer, givenPolarFault, newOrg, resetPolar } from "../support/fixtures.ts";
import { upload } from "../support/uploads.ts";
import { sendWebhook } from "../support/webhooks.ts";

const create = async (orgId: string) => (await upload(orgId, await fixture("speech.wav"))).status;
const known = (orgId: string) =>
  env.DB.prepare("select active, confirmed_at from subscriptions where org_id = ?").bind(orgId).first();

afterEach(resetPolar);

describe("POST /api/webhooks/polar", () => {
  it("takes a subscription that ended out of every isolate's memory at once", async () => {
    const orgId = await givenCustomer({ active: true });
    expect(await create(orgId)).toBe(201);
    await fetch(`https://polar.test/subscriptions/${orgId}`, { method: "PUT", body: '{"active":false}' });
    expect((await sendWebhook(stateChanged(orgId, false))).status).toBe(204);
    expect(await create(orgId)).toBe(403);
  });

  it("lets one that began through without another question", async () => {
    const orgId = newOrg();
    await sendWebhook(stateChanged(orgId, true));
    await givenPolarFault({ target: "customers", kind: "status", status: 503 });
    expect(await create(orgId)).toBe(201);
  });

  it("believes the later of two notices, whichever comes last or twice", async () => {
    const orgId = newOrg();
    const [earlier, later] = [new Date(Date.now() - 2000), new Date(Date.now() - 1000)];
    const ended = stateChanged(orgId, false, later);
    const began = stateChanged(orgId, true, earlier);
    for (const notice of [ended, began, began, ended, began]) {
      expect((await sendWebhook(notice)).status).toBe(204);
    }
    expect(await known(orgId)).toEqual({ active: 0, confirmed_at: later.getTime() });
  });

  it.each([
    ["signed with another secret", { secret: "whsec_b3RoZXI=" }],
    ["sent six minutes ago", { sentAt: Math.floor(Date.now() / 1000) - 360 }],
    ["sent in six minutes", { sentAt: Math.floor(Date.now() / 1000) + 360 }],
    ["without its signature", { headers: { "webhook-signature": "" } }],
    ["with a signature of another kind", { headers: { "webhook-signature": "v2,AAAA" } }],
    ["signed under another id", { headers: { "webhook-id": "another" } }],
  ])("is 403 for one that is %s, and believes nothing of it", async (_flaw, options) => {
    const orgId = newOrg();
    const response = await sendWebhook(stateChanged(orgId, true), options);
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ error: "Invalid webhook signature" });
    expect(await known(orgId)).toBeNull();
  });

  it.each([
    ["another event", { type: "order.created", data: {} }],
    ["an event of the future", { type: "customer.promoted", data: {} }],
    ["a customer whom no organisation stands for", stateChanged(null, true)],
  ])("acknowledges %s", async (_fact, payload) => {
    expect((await sendWebhook(payload)).status).toBe(204);
  });

  it("is 500 for what Polar should send again: a strange shape, a database that is down", async () => {
    expect((await sendWebhook({ type: "customer.state_changed", data: {} })).status).toBe(500);
    const DB = failingOn(env.DB, /./);
    expect((await sendWebhook(stateChanged(newOrg(), true), { env: { DB } })).status).toBe(500);
  });

  it("is 413 for more than 1 MiB, 405 for a GET, and 404 where no secret is set", async () => {
    expect((await sendWebhook({ type: "x".repeat(1024 * 1024) })).status).toBe(413);
    expect((await call("/api/webhooks/polar")).status).toBe(405);
    const unset = { POLAR_WEBHOOK_SECRET: "" } as Partial<Env>;
    expect((await sendWebhook(stateChanged(newOrg(), true), { env: unset })).status).toBe(404);
  });
});
