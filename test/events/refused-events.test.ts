// Objects whose events the receiver always refuses: they delay no other object, and their waiting events cost no reads.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { call, statusOf } from "../support/call.ts";
import { EVENTS, givenReceiverFault, receiverState, resetEvents } from "../support/events.ts";
import { givenVoice, newOrg } from "../support/fixtures.ts";
import { captureLog } from "../support/log.ts";
import { costOf } from "../support/metered-isolate.ts";
import { cron, emptyOutbox, firstRow, givenEvents, givenObjects, rowsOf } from "./given-events.ts";

beforeEach(async () => {
  await resetEvents();
  await emptyOutbox();
  captureLog();
});
afterEach(() => vi.restoreAllMocks());

/** Objects whose events are always answered with 500. */
async function givenRefusedObjects(count: number, events = 1): Promise<string[]> {
  const ids = await givenObjects(count, events);
  for (const objectId of ids) {
    await givenReceiverFault({ kind: "status", status: 500, objectId, times: 1000 });
  }
  return ids;
}

const undelivered = async () =>
  (
    await env.DB.prepare("select object_id from change_events where delivered_at is null").all<{
      object_id: string;
    }>()
  ).results.map((row) => row.object_id);

describe("50 objects whose events always fail", () => {
  it.each([
    ["before", 50, 0, 2],
    ["after", 0, 50, 2],
    // At worst a run gets six of them out of the way at either end, until it meets another object.
    ["before and after", 25, 25, 6],
  ])(
    "that are due %s 200 others delay none of these: all are delivered in order within a few runs",
    { timeout: 60_000 },
    async (_when, before, after, runs) => {
      const first = await givenRefusedObjects(before, 2);
      const others = [...(await givenObjects(10, 3)), ...(await givenObjects(190))];
      const refused = [...first, ...(await givenRefusedObjects(after, 2))];
      for (let run = 0; run < runs; run += 1) await cron(2 * run);
      expect(new Set(await undelivered())).toEqual(new Set(refused));
      const { received, calls } = await receiverState();
      for (const id of others.slice(0, 10)) {
        const sequences = received.flatMap(({ event }) => (event.data.id === id ? event.sequence : []));
        expect(sequences).toEqual((await rowsOf(id)).map((row) => row.sequence));
      }
      for (const id of refused) {
        const sequence = (await firstRow(id))?.sequence;
        const tries = calls.filter(({ objectId }) => objectId === id);
        expect(tries.every((each) => each.sequence === sequence)).toBe(true);
        expect(tries.length).toBeLessThanOrEqual(runs);
      }
    },
  );
});

describe("a receiver that answers every event", () => {
  it.each([
    ["with 500 gets twelve requests in a run", 500, 12],
    ["with 404 gets twelve requests in a run", 404, 12],
    ["with 504 gets four requests in a run", 504, 4],
    ["with 521, as Cloudflare does for an origin that is down, gets four requests in a run", 521, 4],
    ["with 429 gets four requests in a run", 429, 4],
  ])("%s, however many events wait, and all of them when it is back", async (_fact, status, requests) => {
    await givenObjects(40);
    await givenReceiverFault({ kind: "status", status, times: 2 * requests });
    for (const run of [1, 2]) {
      await cron(2 * run);
      expect((await receiverState()).calls).toHaveLength(requests * run);
    }
    await cron(6);
    expect(await undelivered()).toEqual([]);
  });
});

describe("events that wait behind one that failed", () => {
  it("are not read again before it is due, nor are those that are recorded meanwhile", async () => {
    const orgId = newOrg();
    const voiceId = await givenVoice(orgId);
    await givenReceiverFault({ kind: "status", status: 500, times: 1000 });
    const rename = (name: string) =>
      statusOf(
        call(`/api/voices/${voiceId}`, {
          ...{ as: orgId, method: "PATCH", body: JSON.stringify({ name }), env: EVENTS },
          headers: { "Content-Type": "application/json" },
        }),
      );
    await givenEvents(30, voiceId);
    await cron();
    for (let count = 0; count < 5; count += 1) expect(await rename(`Name ${count}`)).toBe(200);
    const rows = await rowsOf(voiceId);
    expect(rows).toHaveLength(35);
    expect(new Set(rows.map((row) => row.due_at))).toEqual(new Set([rows[0]?.due_at]));
    const { rowsRead } = await costOf((isolate) => cron(0, isolate), EVENTS);
    expect(rowsRead).toBeLessThanOrEqual(20);
    await resetEvents();
    await cron(2);
    const sequences = (await receiverState()).received.map(({ event }) => event.sequence);
    expect(sequences).toEqual(rows.map((row) => row.sequence));
  });
});
