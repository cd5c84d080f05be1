// Random faults while changes are made and their events are delivered: every committed change arrives, in order.
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterEach, expect, it, vi } from "vitest";
import { deliverDueEvents } from "../../src/events/delivery.ts";
import { call } from "../support/call.ts";
import { EVENTS, givenReceiverFault, receivedEvents, receiverState, resetEvents } from "../support/events.ts";
import { givenVoice, newOrg, runCron } from "../support/fixtures.ts";
import { newGeneration, putAudio, putJson } from "../support/ingest.ts";
import { fakeDelays } from "../support/timeouts.ts";
import { silentWav } from "../support/wav.ts";
import { faultWithin, few, plannedRuns, replayParameters } from "./arbitraries.ts";
import { FaultyBindings } from "./faulty-bindings.ts";

const { runs, isFull } = plannedRuns(200);
/** A run takes most of a second: few of them in the fast tier. */
const RUNS = isFull ? runs : 8;
const MINUTE_MS = 60_000;
const RECEIVER = { url: EVENTS.EVENTS_URL, secret: EVENTS.EVENTS_SECRET };

const receiverFault = fc.constantFrom(
  ...([
    { kind: "status", status: 500 },
    { kind: "status", status: 503, retryAfter: "60" },
    { kind: "lose response" },
    { kind: "redirect" },
  ] as const),
);

/** What a backend or a user does. */
const change = fc.constantFrom("fail", "store", "rename", "delete voice", "delete");
const step = fc.record({ change, faults: few(faultWithin(12)) });
const cronRun = fc.record({ faults: few(faultWithin(10)), isTwice: fc.boolean() });

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface Objects {
  id: string;
  voiceId: string;
  orgId: string;
}

let names = 0;

/** Makes a change as the backend or a user does. */
function make(change: string, { id, voiceId, orgId }: Objects, bindings: Partial<Env>): Promise<Response> {
  const asUser = { as: orgId, env: bindings };
  switch (change) {
    case "fail":
      return putJson(`${id}/failure`, { reason: "no GPU" }, { env: bindings });
    case "store":
      return putAudio(id, silentWav(1), { env: bindings });
    case "rename":
      return call(`/api/voices/${voiceId}`, {
        method: "PATCH",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ name: `Name ${names++}` }),
        ...asUser,
      });
    case "delete":
      return call(`/api/generations/${id}`, { method: "DELETE", ...asUser });
    default:
      return call(`/api/voices/${voiceId}`, { method: "DELETE", ...asUser });
  }
}

interface Row {
  sequence: number;
  type: string;
  delivered_at: number | null;
}

it("every recorded change arrives, none before an earlier one of its object, and the last one is the row", {
  timeout: 600_000,
}, async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  const delays = fakeDelays({ withDate: true });
  const outcomes = { repeated: 0, delivered: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 4 }),
      fc.array(receiverFault, { maxLength: 4 }),
      fc.array(cronRun, { minLength: 1, maxLength: 3 }),
      async (steps, receiverFaults, cronRuns) => {
        await resetEvents({ anyTime: true });
        await env.DB.batch([
          env.DB.prepare("delete from change_events"),
          env.DB.prepare("delete from change_feed_pause"),
        ]);
        const [id, orgId] = [crypto.randomUUID(), newOrg()];
        const voiceId = await givenVoice(orgId);
        await putJson(id, newGeneration(orgId, { voiceId }));
        for (const fault of receiverFaults) await givenReceiverFault(fault);
        const all: FaultyBindings[] = [];
        const faulty = (faults: ConstructorParameters<typeof FaultyBindings>[0]) => {
          const bindings = new FaultyBindings(faults, delays);
          all.push(bindings);
          return { ...EVENTS, ...bindings.bindings };
        };

        for (const { change, faults } of steps) {
          const bindings = faulty(faults);
          const response = await make(change, { id, voiceId, orgId }, bindings);
          await response.text();
          delays.pass(3 * MINUTE_MS);
        }
        for (const { faults, isTwice } of cronRuns) {
          const runs = Array.from({ length: isTwice ? 2 : 1 }, () =>
            runCron({ env: faulty(faults) }).catch(() => undefined),
          );
          await Promise.all(runs);
          delays.pass(3 * MINUTE_MS);
        }
        for (const bindings of all) await bindings.applyLate();
        // Runs without faults: the longest wait is that of a third failure, or a lease.
        for (let run = 0; run < 6; run += 1) {
          delays.pass(10 * MINUTE_MS);
          await deliverDueEvents(env.DB, RECEIVER, new Date());
        }

        const context = `\n${all.flatMap(({ operations }) => [...operations, "--"]).join("\n")}\n`;
        for (const objectId of [id, voiceId]) {
          const { results: rows } = await env.DB.prepare(
            "select sequence, type, delivered_at from change_events where object_id = ? order by sequence",
          )
            .bind(objectId)
            .all<Row>();
          for (const row of rows) expect(row.delivered_at, context).not.toBeNull();
          const accepted = (await receivedEvents(objectId)).map(({ sequence }) => sequence);
          // In order: each accepted event repeats the last one, or is the next one.
          expect(accepted, context).toEqual(accepted.toSorted((a, b) => a - b));
          expect([...new Set(accepted)], context).toEqual(rows.map(({ sequence }) => sequence));
          if (accepted.length > new Set(accepted).size) outcomes.repeated += 1;
        }

        const row = await env.DB.prepare("select * from generations where id = ?").bind(id).first();
        const last = (await receivedEvents(id)).at(-1);
        if (last) {
          outcomes.delivered += 1;
        }
        const isReady = row !== null && row.r2_object_key !== null;
        expect(isReady, context).toBe(last?.type === "generation.ready");
        if (isReady) expect(Date.parse(last?.data.updatedAt ?? ""), context).toBe(row.updated_at);
        const voice = await env.DB.prepare("select name from voices where id = ?").bind(voiceId).first();
        const voiceEvents = await receivedEvents(voiceId);
        const lastOfVoice = voiceEvents.at(-1)?.data as { name: string } | undefined;
        if (voice) expect(voice.name, context).toBe(lastOfVoice?.name ?? "Test voice");
        expect(voiceEvents.at(-1)?.type === "voice.deleted", context).toBe(voice === null);
        expect((await receiverState()).calls.length).toBeGreaterThanOrEqual(voiceEvents.length);
      },
    ),
    { numRuns: RUNS, ...replayParameters() },
  );
  if (!isFull) return;
  for (const [outcome, count] of Object.entries(outcomes)) expect(count, outcome).toBeGreaterThan(RUNS / 20);
});
