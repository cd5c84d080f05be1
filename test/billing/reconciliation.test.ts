// The cron asks Polar about subscriptions: whom, in which order, and how many in a run.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stateChanged } from "../../dev/polar-customer.ts";
import { newOrgs, storeConfirmations } from "../support/bursts.ts";
import { newIsolate } from "../support/call.ts";
import { fixture, newOrg, runCron } from "../support/fixtures.ts";
import { captureLog } from "../support/log.ts";
import { costOf } from "../support/metered-isolate.ts";
import { upload } from "../support/uploads.ts";
import { startVirtualPolar, type VirtualPolar } from "../support/virtual-polar.ts";
import { sendWebhook } from "../support/webhooks.ts";

const MINUTE_MS = 60_000;
const WITHOUT_WEBHOOK = { POLAR_WEBHOOK_SECRET: "" } as Partial<Env>;

let polar: VirtualPolar;
beforeEach(async () => {
  await env.DB.prepare("delete from subscriptions").run();
  await env.DB.prepare("delete from polar_call_budget").run();
  polar = startVirtualPolar();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const stored = (orgId: string) =>
  env.DB.prepare("select active, confirmed_at, waiting_since from subscriptions where org_id = ?")
    .bind(orgId)
    .first<{ active: number; confirmed_at: number; waiting_since: number | null }>();

const minutesAgo = (minutes: number) => Date.now() - minutes * MINUTE_MS;

/** Active organisations, confirmed the given minutes ago. */
async function givenConfirmed(...ages: number[]): Promise<string[]> {
  const orgIds = newOrgs(ages.length);
  await polar.setSubscriptions(orgIds, true);
  for (const [index, orgId] of orgIds.entries()) {
    await storeConfirmations([orgId], minutesAgo(ages[index] as number));
  }
  return orgIds;
}

const givenWaiting = (orgId: string, minutes: number) =>
  env.DB.prepare(
    "insert into subscriptions (org_id, active, confirmed_at, waiting_since) values (?, 0, 0, ?) on conflict do update set waiting_since = excluded.waiting_since",
  )
    .bind(orgId, minutesAgo(minutes))
    .run();

/** The organisations that Polar was asked about, in order. */
const asked = () => polar.calls.map(({ path }) => path.split("/").at(-2));

describe("the reconciliation of subscriptions by the cron", () => {
  it("asks first about those that wait, the longest first, then about the oldest active ones over an hour", async () => {
    const [hour, day, recent] = await givenConfirmed(61, 24 * 60, 59);
    const [early, late] = newOrgs(2);
    await givenWaiting(late as string, 1);
    await givenWaiting(early as string, 2);
    await runCron();
    expect(asked()).toEqual([early, late, day, hour]);
    expect((await stored(recent as string))?.confirmed_at).toBeLessThan(minutesAgo(58));
    expect((await stored(hour as string))?.confirmed_at).toBeGreaterThan(minutesAgo(1));
  });

  it("asks sixty times in a run, and not again about those that it has just asked about", async () => {
    const orgIds = await givenConfirmed(...Array.from({ length: 70 }, (_, n) => 70 + n));
    await runCron();
    expect(new Set(asked())).toEqual(new Set(orgIds.slice(-60)));
    await runCron();
    await runCron();
    expect(new Set(asked())).toEqual(new Set(orgIds));
    expect(polar.calls).toHaveLength(70);
  });

  it("asks without a webhook only about those that wait", async () => {
    const [old] = await givenConfirmed(24 * 60);
    const waiting = newOrg();
    await givenWaiting(waiting, 1);
    await runCron({ env: WITHOUT_WEBHOOK });
    expect(asked()).toEqual([waiting]);
    expect((await stored(old as string))?.confirmed_at).toBeLessThan(minutesAgo(1));
  });

  it("ends the access of a subscription whose end no webhook reported, and raises an alarm", async () => {
    const [ended, going] = (await givenConfirmed(61, 61)) as [string, string];
    await polar.setSubscriptions([ended], false);
    expect((await upload(ended, await fixture("speech.mp3"))).status).toBe(201);
    const lines = captureLog();
    await runCron();
    expect(lines.filter(({ event }) => event === "subscription_notice_missed")).toMatchObject([
      { orgId: ended },
    ]);
    expect((await upload(ended, await fixture("speech.mp3"))).status).toBe(403);
    expect(await stored(going)).toMatchObject({ active: 1 });
  });

  it("raises no alarm about organisations that waited and have no subscription", async () => {
    await givenWaiting(newOrg(), 1);
    const lines = captureLog();
    await runCron();
    expect(asked()).toHaveLength(1);
    expect(lines.filter(({ event }) => event === "subscription_notice_missed")).toEqual([]);
  });

  it("keeps a webhook's later report that arrives while Polar is asked", async () => {
    const [orgId] = (await givenConfirmed(61)) as [string];
    const answer = globalThis.fetch;
    vi.stubGlobal("fetch", async (...args: Parameters<typeof fetch>) => {
      const response = await answer(...args);
      await scheduler.wait(5);
      expect((await sendWebhook(stateChanged(orgId, false))).status).toBe(204);
      return response;
    });
    await runCron();
    expect(await stored(orgId)).toMatchObject({ active: 0 });
  });

  it("lets no webhook of before its answer win", async () => {
    const [orgId] = (await givenConfirmed(61)) as [string];
    await runCron();
    await sendWebhook(stateChanged(orgId, false, new Date(minutesAgo(2))));
    expect(await stored(orgId)).toMatchObject({ active: 1 });
  });

  it("stops after three organisations that Polar does not tell of, and asks about others first in the next run", async () => {
    const orgIds = newOrgs(13);
    const [broken, others] = [orgIds.slice(0, 3), orgIds.slice(3)];
    for (const [index, orgId] of orgIds.entries()) await givenWaiting(orgId, 20 - index);
    const answer = globalThis.fetch;
    vi.stubGlobal("fetch", async (...args: Parameters<typeof fetch>) => {
      const response = await answer(...args);
      const isBroken = broken.some((orgId) => String(args[0]).includes(orgId));
      return isBroken ? new Response("broken", { status: 500 }) : response;
    });
    captureLog();
    await runCron();
    expect(asked().slice(0, 3)).toEqual(broken);
    // Two more were under way.
    const answered = polar.calls.length - 3;
    expect(answered).toBeLessThanOrEqual(2);
    polar.calls.length = 0;
    await runCron();
    expect(asked().slice(0, others.length - answered)).toEqual(others.slice(answered));
    for (const orgId of others) expect(await stored(orgId)).toMatchObject({ waiting_since: null });
    for (const orgId of broken) expect((await stored(orgId))?.waiting_since).not.toBeNull();
  });

  it("ends at a 429, and neither it nor requests ask before the Retry-After is over", async () => {
    const orgIds = await givenConfirmed(...Array.from({ length: 20 }, () => 61));
    await polar.setRateLimit(5);
    captureLog();
    await runCron();
    expect(polar.calls.filter(({ status }) => status === 200)).toHaveLength(5);
    const calls = polar.calls.length;
    expect(calls).toBeLessThanOrEqual(8);
    for (const orgId of orgIds) expect(await stored(orgId)).toMatchObject({ waiting_since: null });
    await runCron();
    const response = await upload(newOrg(), await fixture("speech.mp3"), { isolate: newIsolate() });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(50);
    expect((await upload(orgIds[0], await fixture("speech.mp3"))).status).toBe(201);
    expect(polar.calls).toHaveLength(calls);
  });

  it("reads no row of the organisations that are not due, however many there are", async () => {
    await storeConfirmations(newOrgs(500), minutesAgo(5));
    const cost = await costOf(({ DB, AUDIO }) => runCron({ env: { DB, AUDIO } }));
    expect(cost.rowsRead).toBeLessThanOrEqual(40);
  });
});
