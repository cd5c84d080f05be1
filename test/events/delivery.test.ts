// The delivery of the change feed: once, in order for each object, retried, and what is kept.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { failingQueries } from "../support/bindings.ts";
import {
  EVENTS,
  givenReceiverFault,
  receivedEvents,
  receivedTypes,
  receiverState,
  resetEvents,
} from "../support/events.ts";
import { givenBegunGeneration, putAudio, putJson } from "../support/ingest.ts";
import { captureLog } from "../support/log.ts";
import { shortenAbortTimeouts } from "../support/timeouts.ts";
import { silentWav } from "../support/wav.ts";
import { cron, emptyOutbox, firstRow, givenEvents, rowsOf } from "./given-events.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

beforeEach(async () => {
  await resetEvents();
  await emptyOutbox();
});
afterEach(() => vi.restoreAllMocks());

describe("an event", () => {
  it("is sent by the cron when the request could not, and once", async () => {
    await givenReceiverFault({ kind: "status", status: 500 });
    const { id } = await givenBegunGeneration();
    expect((await putAudio(id, silentWav(1), { env: EVENTS })).status).toBe(200);
    expect(await receivedTypes(id)).toEqual([]);
    expect(await firstRow(id)).toMatchObject({ attempts: 1, delivered_at: null });
    await cron();
    expect(await receivedTypes(id)).toEqual([]);
    await cron(2);
    await cron(4);
    expect(await receivedTypes(id)).toEqual(["generation.ready"]);
    expect(await firstRow(id)).toMatchObject({ delivered_at: expect.any(Number) });
  });

  it.each([
    ["answers 500", { kind: "status", status: 500 }],
    ["answers 404", { kind: "status", status: 404 }],
    ["answers 429 without a Retry-After", { kind: "status", status: 429 }],
    ["redirects, which is not followed", { kind: "redirect" }],
    ["does not answer", { kind: "hang" }],
  ] as const)("is kept and sent again with the same id when the receiver %s", async (_fact, fault) => {
    shortenAbortTimeouts();
    const lines = captureLog();
    await givenReceiverFault(fault);
    const id = await givenEvents();
    await cron();
    const row = await firstRow(id);
    expect(row).toMatchObject({ attempts: 1, delivered_at: null, last_error: expect.any(String) });
    expect(lines).toContainEqual(expect.objectContaining({ event: "event_delivery_failed" }));
    await cron(2);
    const { received } = await receiverState();
    expect(received).toMatchObject([{ webhookId: row?.id, event: { sequence: row?.sequence } }]);
  });

  it("whose response was lost is sent again with the same id and sequence", async () => {
    await givenReceiverFault({ kind: "lose response" });
    const id = await givenEvents();
    await cron();
    await cron(2);
    const { received } = await receiverState();
    expect(received).toMatchObject([{ isAnswered: false }, { isAnswered: true }]);
    const [first, second] = received;
    expect({ ...second, isAnswered: false }).toEqual(first);
    expect(await firstRow(id)).toMatchObject({ delivered_at: expect.any(Number) });
  });

  it("is accepted although the body of the response never ends", async () => {
    await givenReceiverFault({ kind: "endless body" });
    const id = await givenEvents();
    await cron();
    expect(await firstRow(id)).toMatchObject({ delivered_at: expect.any(Number) });
  });

  it("that cannot be marked as delivered is sent again when the lease is over, before the next one", async () => {
    const id = await givenEvents(2);
    const DB = failingQueries(env.DB, /^update "change_events" set "delivered_at"/);
    captureLog();
    await cron(0, { DB });
    await cron(1);
    const [first, second] = await rowsOf(id);
    expect((await receiverState()).calls.map(({ sequence }) => sequence)).toEqual([first?.sequence]);
    await cron(3);
    expect((await receiverState()).calls.map(({ sequence }) => sequence)).toEqual([
      first?.sequence,
      first?.sequence,
      second?.sequence,
    ]);
  });

  it("is retried with exponential backoff up to six hours, is stuck after ten failures, and is never dropped", async () => {
    await givenReceiverFault({ kind: "status", status: 500, times: 12 });
    const id = await givenEvents();
    const lines = captureLog();
    let minutesLater = 0;
    for (let failures = 1; failures <= 12; failures += 1) {
      await cron(minutesLater);
      const row = await firstRow(id);
      expect(row).toMatchObject({ attempts: failures, delivered_at: null });
      expect(row?.stuck_at !== null).toBe(failures >= 10);
      const wait = (Number(row?.due_at) - Date.now()) / MINUTE_MS - minutesLater;
      const full = Math.min(2 ** (failures - 1), 360);
      expect(wait).toBeGreaterThan(full / 2 - 0.1);
      expect(wait).toBeLessThanOrEqual(full);
      minutesLater += Math.ceil(wait) + 1;
    }
    expect(lines.filter(({ event }) => event === "event_stuck")).toHaveLength(3);
    await cron(minutesLater);
    expect(await receivedTypes(id)).toEqual(["voice.updated"]);
    expect(await firstRow(id)).toMatchObject({ stuck_at: null });
  });

  it("is deleted a week after its delivery, and never before it", async () => {
    const [delivered, late] = [await givenEvents(), await givenEvents()];
    await givenReceiverFault({ kind: "status", status: 500, objectId: late });
    captureLog();
    await cron();
    await cron(30);
    for (const id of [delivered, late]) expect(await receivedTypes(id)).toHaveLength(1);
    await cron(7 * DAY_MINUTES - 5);
    for (const id of [delivered, late]) expect(await rowsOf(id)).toHaveLength(1);
    await cron(7 * DAY_MINUTES + 5);
    expect(await rowsOf(delivered)).toEqual([]);
    expect(await rowsOf(late)).toHaveLength(1);
    await cron(7 * DAY_MINUTES + 35);
    expect(await rowsOf(late)).toEqual([]);
  });
});

describe("the events of one object", () => {
  it("are sent in the order of their commits, all in one run of the cron", async () => {
    const id = await givenEvents(5);
    await cron();
    const sequences = (await receivedEvents(id)).map(({ sequence }) => sequence);
    expect(sequences).toEqual((await rowsOf(id)).map((row) => row.sequence));
  });

  it("wait for the first one that fails, while those of other objects are sent", async () => {
    const failing = await givenEvents(3);
    await givenReceiverFault({ kind: "status", status: 500, objectId: failing, times: 2 });
    const others = await Promise.all(Array.from({ length: 6 }, () => givenEvents(2)));
    captureLog();
    await cron();
    expect(await receivedTypes(failing)).toEqual([]);
    for (const id of others) expect(await receivedTypes(id)).toHaveLength(2);
    expect((await receiverState()).calls.filter(({ objectId }) => objectId === failing)).toHaveLength(1);
    await cron(2);
    await cron(6);
    const sequences = (await receivedEvents(failing)).map(({ sequence }) => sequence);
    expect(sequences).toEqual((await rowsOf(failing)).map((row) => row.sequence));
  });

  it("that a request records are sent by it together with earlier ones, in order", async () => {
    const { id } = await givenBegunGeneration();
    await givenReceiverFault({ kind: "status", status: 500 });
    captureLog();
    await putJson(`${id}/failure`, { reason: "no GPU" }, { env: EVENTS });
    await env.DB.prepare("update change_events set due_at = 0 where object_id = ?").bind(id).run();
    await putAudio(id, silentWav(1), { env: EVENTS });
    expect(await receivedTypes(id)).toEqual(["generation.failed", "generation.ready"]);
  });

  it("are not sent by a request while an earlier one waits for its retry", async () => {
    const { id } = await givenBegunGeneration();
    await givenReceiverFault({ kind: "status", status: 500 });
    captureLog();
    await putJson(`${id}/failure`, { reason: "no GPU" }, { env: EVENTS });
    await putAudio(id, silentWav(1), { env: EVENTS });
    expect(await receivedTypes(id)).toEqual([]);
    await cron(2);
    expect(await receivedTypes(id)).toEqual(["generation.failed", "generation.ready"]);
  });

  it("are sent once when two runs of the cron overlap", async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => givenEvents(3)));
    await Promise.all([cron(), cron(), cron()]);
    await cron(2);
    for (const id of ids) {
      const sequences = (await receivedEvents(id)).map(({ sequence }) => sequence);
      expect(sequences).toEqual((await rowsOf(id)).map((row) => row.sequence));
    }
  });

  it("are not sent by another run while the first one waits for the receiver", async () => {
    const id = await givenEvents(2);
    await givenReceiverFault({ kind: "hang" });
    shortenAbortTimeouts();
    captureLog();
    await Promise.all([cron(), cron(1), cron(1)]);
    expect((await receiverState()).calls).toHaveLength(1);
    await cron(2);
    expect(await receivedTypes(id)).toHaveLength(2);
  });
});
