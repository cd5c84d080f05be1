// Metering events in the outbox: their delivery to Polar, retries and backoff.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { deliverDue } from "../../src/billing/delivery.ts";
import { failingQueries } from "../support/bindings.ts";
import {
  fixture,
  givenCustomer,
  givenPolarFault,
  meteredEvents,
  newOrg,
  polarCalls,
  resetPolar,
  runCron,
} from "../support/fixtures.ts";
import { captureLog, type LogLine } from "../support/log.ts";
import { shortenAbortTimeouts } from "../support/timeouts.ts";
import { upload } from "../support/uploads.ts";

const MINUTE_MS = 60_000;

/** An organisation with a voice whose event could not be delivered at once because of `fault`. */
async function givenUndelivered(fault: Parameters<typeof givenPolarFault>[0]): Promise<string> {
  const orgId = await givenCustomer({ active: true });
  await givenPolarFault(fault);
  expect((await upload(orgId, await fixture("speech.wav"))).status).toBe(201);
  return orgId;
}

/** The event of an organisation in the outbox. */
const event = (orgId: string) =>
  env.DB.prepare("select * from metering_events where org_id = ?").bind(orgId).first();

/** An event in the outbox that is due now. Returns its organisation. */
async function givenPending(orgId = newOrg(), name = "voice_creation"): Promise<string> {
  await env.DB.prepare(
    "insert into metering_events (id, name, org_id, occurred_at, due_at) values (?, ?, ?, ?, ?)",
  )
    .bind(crypto.randomUUID(), name, orgId, Date.now(), Date.now())
    .run();
  return orgId;
}

const alarmsIn = (lines: LogLine[]) => lines.filter((line) => line.event === "polar_api_version_removed");

afterEach(async () => {
  vi.restoreAllMocks();
  await resetPolar();
});

describe("a metering event", () => {
  it("has the id and time of its voice, and is delivered once", async () => {
    const orgId = await givenCustomer({ active: true });
    await upload(orgId, await fixture("speech.wav"));
    const voice = await env.DB.prepare("select id, created_at from voices where org_id = ?")
      .bind(orgId)
      .first();
    const [received] = await meteredEvents(orgId);
    expect(received).toMatchObject({ external_id: voice?.id, duplicates: 0 });
    expect(Date.parse(String(received?.timestamp))).toBe(voice?.created_at);
    expect(await event(orgId)).toMatchObject({ id: voice?.id, delivered_at: expect.any(Number) });
    await runCron({ minutesLater: 10 });
    expect(await meteredEvents(orgId)).toMatchObject([{ duplicates: 0 }]);
  });

  it.each([
    ["is down", { kind: "status", status: 503 }],
    ["rejects our credentials", { kind: "status", status: 401 }],
    ["rejects it with 422", { kind: "status", status: 422 }],
    ["has removed the API version", { kind: "version_removed" }],
    ["does not respond", { kind: "hang" }],
  ] as const)("is delivered by the cron when Polar %s at first", async (_fact, fault) => {
    shortenAbortTimeouts();
    const orgId = await givenUndelivered({ target: "events", ...fault });
    expect(await meteredEvents(orgId)).toEqual([]);
    expect(await event(orgId)).toMatchObject({
      attempts: 1,
      delivered_at: null,
      last_error: expect.any(String),
    });
    await runCron();
    expect(await meteredEvents(orgId)).toEqual([]);
    await runCron({ minutesLater: 2 });
    expect(await meteredEvents(orgId)).toMatchObject([{ duplicates: 0 }]);
    expect(await event(orgId)).toMatchObject({ delivered_at: expect.any(Number) });
  });

  it("is sent again when Polar's response was lost, and billed once", async () => {
    const orgId = await givenUndelivered({ target: "events", kind: "lose_response" });
    await runCron({ minutesLater: 2 });
    expect(await meteredEvents(orgId)).toMatchObject([{ duplicates: 1 }]);
    expect(await event(orgId)).toMatchObject({ delivered_at: expect.any(Number) });
  });

  it("is sent again when its delivery could not be recorded in D1, and billed once", async () => {
    const orgId = await givenCustomer({ active: true });
    const DB = failingQueries(env.DB, /^update "metering_events"/);
    expect((await upload(orgId, await fixture("speech.wav"), { env: { DB } })).status).toBe(201);
    await runCron({ minutesLater: 2 });
    expect(await meteredEvents(orgId)).toMatchObject([{ duplicates: 1 }]);
  });

  it("is not sent before Polar's Retry-After has passed", async () => {
    await givenPolarFault({ target: "events", kind: "status", status: 429, retryAfter: 1800 });
    const orgId = await givenPending();
    await runCron();
    const dueAt = Number((await event(orgId))?.due_at);
    expect(dueAt - Date.now()).toBeGreaterThan(29 * MINUTE_MS);
    await runCron({ minutesLater: 28 });
    expect(await meteredEvents(orgId)).toEqual([]);
    await runCron({ minutesLater: 31 });
    expect(await meteredEvents(orgId)).toHaveLength(1);
  });

  it("is postponed with all due events by a Retry-After, for at most six hours", async () => {
    await givenPolarFault({ target: "events", kind: "status", status: 429, retryAfter: 86_400 });
    const orgId = newOrg();
    await Promise.all(Array.from({ length: 100 }, () => givenPending(orgId)));
    await runCron();
    expect(await polarCalls("/events/ingest")).toBe(1);
    await runCron({ minutesLater: 5 * 60 });
    expect(await meteredEvents(orgId)).toEqual([]);
    await runCron({ minutesLater: 6 * 60 + 1 });
    expect(await meteredEvents(orgId)).toHaveLength(100);
  });

  it.each([
    ["Polar has removed the API version", { kind: "version_removed", times: 10 } as const, {}],
    ["the base URL has a path", null, { POLAR_BASE_URL: "https://polar.test/v1" }],
  ])(
    "raises an alarm when %s, is stuck no sooner than in an outage, and is kept",
    async (_fact, fault, overrides) => {
      if (fault) await givenPolarFault({ target: "events", ...fault });
      const orgId = await givenPending();
      const lines = captureLog();
      for (let failures = 1; failures <= 10; failures += 1) {
        await runCron({ minutesLater: failures * 7 * 60, env: overrides });
        const row = await event(orgId);
        expect(row).toMatchObject({ attempts: failures, delivered_at: null });
        expect(row?.stuck_at !== null).toBe(failures >= 10);
        expect(alarmsIn(lines)).toHaveLength(failures);
      }
      await runCron({ minutesLater: 11 * 7 * 60 });
      expect(await meteredEvents(orgId)).toHaveLength(1);
      expect(alarmsIn(lines)).toHaveLength(10);
    },
  );

  it("stores at most 500 characters of the last error", async () => {
    const orgId = await givenPending();
    const billing = {
      deliverEvents: async () => ({
        kind: "unavailable" as const,
        cause: new Error("x".repeat(3_000_000)),
        retryAfterSeconds: undefined,
      }),
      getSubscriptionStatus: async () => ({ kind: "none" as const }),
    };
    await deliverDue(env.DB, billing, new Date());
    expect(String((await event(orgId))?.last_error)).toHaveLength(500);
    await env.DB.prepare("delete from metering_events where org_id = ?").bind(orgId).run();
  });

  it("is retried with exponential backoff up to six hours, is stuck after ten failures, and is never dropped", async () => {
    await givenPolarFault({ target: "events", kind: "status", status: 503, times: 12 });
    const orgId = await givenPending();
    const logged = vi.spyOn(console, "error");
    let minutesLater = 0;
    const waits: number[] = [];
    for (let failures = 1; failures <= 12; failures += 1) {
      await runCron({ minutesLater });
      const row = await event(orgId);
      expect(row).toMatchObject({ attempts: failures, delivered_at: null });
      expect(row?.stuck_at !== null).toBe(failures >= 10);
      const wait = (Number(row?.due_at) - Date.now()) / MINUTE_MS - minutesLater;
      waits.push(wait);
      minutesLater += Math.ceil(wait) + 1;
    }
    waits.forEach((wait, index) => {
      const full = Math.min(2 ** index, 360);
      expect(wait).toBeGreaterThan(full / 2 - 0.1);
      expect(wait).toBeLessThanOrEqual(full);
    });
    expect(logged.mock.calls.join()).toContain("metering_event_stuck");
    await runCron({ minutesLater });
    expect(await meteredEvents(orgId)).toHaveLength(1);
    expect(await event(orgId)).toMatchObject({ stuck_at: null });
  });

  it("that Polar rejects does not block the others of its batch", async () => {
    const poisoned = await givenPending(newOrg(), "x".repeat(129));
    const others = await Promise.all(Array.from({ length: 20 }, () => givenPending()));
    await runCron();
    for (const orgId of others) expect(await meteredEvents(orgId)).toHaveLength(1);
    expect(await event(poisoned)).toMatchObject({ attempts: 1, delivered_at: null });
    await env.DB.prepare("delete from metering_events where org_id = ?").bind(poisoned).run();
  });
});
