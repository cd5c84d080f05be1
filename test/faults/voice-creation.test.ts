// Random faults while a voice is created and its event delivered: rows, objects and events at Polar agree in the end.
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { RETRY_DEADLINE_MS } from "../../src/platform/database.ts";
import { call, statusOf } from "../support/call.ts";
import {
  endPolarFaults,
  fixture,
  givenCustomer,
  givenPolarFault,
  meteredEvents,
  resetPolar,
  runCron,
} from "../support/fixtures.ts";
import { fakeDelays, shortenAbortTimeouts } from "../support/timeouts.ts";
import { brokenOff, streamOf, upload, VALID_QUERY } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";
import { faultWithin, few, outageWithin, plannedRuns, replayParameters } from "./arbitraries.ts";
import { FaultyBindings } from "./faulty-bindings.ts";

const { runs: RUNS, isFull } = plannedRuns(500);
/** A creation and its delivery take fewer operations. */
const STEPS = 11;
const MINUTE_MS = 60_000;

/** Longer than one part of an upload without a Content-Length. */
const MULTIPART_WAV = silentWav(70);

const fault = faultWithin(STEPS);

const polarFault = fc.record({
  target: fc.constantFrom("events" as const, "customers" as const),
  fault: fc.oneof(
    { weight: 10, arbitrary: fc.constant({ kind: "status" as const, status: 503 }) },
    { weight: 10, arbitrary: fc.constant({ kind: "status" as const, status: 422 }) },
    { weight: 10, arbitrary: fc.constant({ kind: "status" as const, status: 429 }) },
    { weight: 10, arbitrary: fc.constant({ kind: "lose_response" as const }) },
    // Rare, because each one waits for a timeout.
    { weight: 1, arbitrary: fc.constant({ kind: "hang" as const }) },
  ),
  times: fc.integer({ min: 1, max: 3 }),
});

/** One attempt of a client, and the faults during it. */
const attempt = fc.record({
  faults: few(fault),
  polarFaults: fc.array(polarFault, { maxLength: 1 }),
  /** The part of the body that is sent before the connection breaks; null for all of it. */
  sent: fc.oneof(
    { weight: 5, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }) },
  ),
  isLengthDeclared: fc.boolean(),
  recording: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("speech.wav", "speech.mp3") },
    { weight: 2, arbitrary: fc.constant("of several parts") },
    { weight: 2, arbitrary: fc.constant("short.mp3") },
  ),
  /** Whether late operations take effect before the cron runs, or after it. */
  isLateBeforeCron: fc.boolean(),
  cronFaults: few(fault),
});
type Attempt = typeof attempt extends fc.Arbitrary<infer T> ? T : never;

const scenario = fc.record({
  /** A client retries until it has its voice, and once more if it is not sure. */
  attempts: fc.array(attempt, { minLength: 1, maxLength: 3 }),
  isIdempotent: fc.boolean(),
});

interface Created {
  status: number;
  id: string | undefined;
}

async function createOnce(
  orgId: string,
  { polarFaults, sent, isLengthDeclared, recording }: Attempt,
  key: string | null,
  { bindings, operations }: FaultyBindings,
): Promise<Created> {
  for (const { target, fault: planned, times } of polarFaults) {
    await givenPolarFault({ target, times, ...planned });
  }
  const bytes = recording === "of several parts" ? MULTIPART_WAV : new Uint8Array(await fixture(recording));
  const headers: Record<string, string> = { "Content-Type": "audio/wav" };
  if (key) headers["Idempotency-Key"] = key;
  let body: BodyInit = bytes;
  if (sent !== null) {
    body = brokenOff(bytes, Math.floor(bytes.length * sent));
    if (isLengthDeclared) headers["Content-Length"] = `${bytes.length}`;
  } else if (!isLengthDeclared) {
    body = streamOf(bytes);
  }
  const response = await upload(orgId, body, { headers, query: VALID_QUERY, env: bindings });
  const { id } = (await response.json()) as { id?: string };
  operations.push(`response ${response.status}`);
  return { status: response.status, id };
}

/** Runs the cron, without faults, until every upload is completed or cleaned up and every event is delivered. */
async function settle(): Promise<void> {
  await endPolarFaults();
  for (let hoursLater = 2; hoursLater <= 4 * 24; hoursLater += 13) {
    await runCron({ minutesLater: hoursLater * 60 });
    const open = await env.DB.prepare(
      "select (select count(*) from metering_events where delivered_at is null) + (select count(*) from voice_uploads where completed_at is null) as n",
    ).first<number>("n");
    if (open === 0) return;
  }
}

/** The ids of an organisation's voices in D1, in R2, in the outbox and at Polar. */
async function inventory(orgId: string) {
  const prefix = `voices/orgs/${orgId}/`;
  const rows = await env.DB.prepare(
    "select id, r2_object_key as key from voices where org_id = ? order by id",
  )
    .bind(orgId)
    .all<{ id: string; key: string | null }>();
  const outbox = await env.DB.prepare(
    "select id from metering_events where org_id = ? and delivered_at is not null order by id",
  )
    .bind(orgId)
    .all<{ id: string }>();
  const { objects } = await env.AUDIO.list({ prefix });
  const events = await meteredEvents(orgId);
  return {
    ready: rows.results.filter(({ id, key }) => key === prefix + id).map(({ id }) => id),
    rows: rows.results.map(({ id }) => id),
    objects: objects.map(({ key }) => key.slice(prefix.length)),
    delivered: outbox.results.map(({ id }) => id),
    billed: events.map(({ external_id }) => `${external_id}`).toSorted((a, b) => (a < b ? -1 : 1)),
    repeated: events.filter(({ duplicates }) => Number(duplicates) > 0).length,
  };
}

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("creating voices under random faults", () => {
  it("ends with as many ready voices as rows, objects and billed events", { timeout: 600_000 }, async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    shortenAbortTimeouts();
    const delays = fakeDelays();
    const outcomes = { "with a voice": 0, "without a voice": 0, "with an event sent twice": 0 };
    await fc.assert(
      fc.asyncProperty(scenario, async ({ attempts, isIdempotent }) => {
        await resetPolar();
        const orgId = await givenCustomer({ active: true });
        const key = isIdempotent ? crypto.randomUUID() : null;
        const operations: string[] = [];
        const acknowledged: string[] = [];
        for (const planned of attempts) {
          const faulty = new FaultyBindings(planned.faults, delays);
          const { status, id } = await createOnce(orgId, planned, key, faulty);
          operations.push(...faulty.operations);
          if (status === 201 && id) acknowledged.push(id);
          if (planned.isLateBeforeCron) await faulty.applyLate();
          delays.pass(2 * MINUTE_MS);
          const faultyCron = new FaultyBindings(planned.cronFaults, delays);
          await runCron({ minutesLater: 2, env: faultyCron.bindings });
          operations.push(...faultyCron.operations);
          await faulty.applyLate();
          await faultyCron.applyLate();
        }
        await settle();

        const { ready, rows, objects, delivered, billed, repeated } = await inventory(orgId);
        const context = `\n${operations.join("\n")}\n`;
        for (const [place, ids] of Object.entries({ rows, objects, delivered, billed })) {
          expect(ids, place + context).toEqual(ready);
        }
        // Every voice that a 201 named exists, and one key creates one voice.
        for (const id of acknowledged) expect(ready, context).toContain(id);
        if (isIdempotent && acknowledged.length > 0) expect(ready, context).toEqual([acknowledged[0]]);
        outcomes[ready.length > 0 ? "with a voice" : "without a voice"] += 1;
        if (repeated > 0) outcomes["with an event sent twice"] += 1;
      }),
      { numRuns: RUNS, ...replayParameters() },
    );
    if (!isFull) return;
    // Each outcome is frequent enough for the runs to have tested it.
    for (const [outcome, count] of Object.entries(outcomes)) {
      expect(count, outcome).toBeGreaterThan(RUNS / 50);
    }
  });

  it("saves every recording that R2 has stored, when D1's transient errors end before the deadline", {
    timeout: 600_000,
  }, async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const delays = fakeDelays();
    const outcomes = { "before the body": 0, "after the body": 0 };
    await fc.assert(
      fc.asyncProperty(
        outageWithin(STEPS, RETRY_DEADLINE_MS),
        attempt,
        fc.boolean(),
        async (outage, planned, isIdempotent) => {
          await resetPolar();
          const orgId = await givenCustomer({ active: true });
          const faulty = new FaultyBindings([], delays, outage);
          const complete = { ...planned, polarFaults: [], sent: null };
          const recording = complete.recording === "short.mp3" ? "speech.mp3" : complete.recording;
          const key = isIdempotent ? crypto.randomUUID() : null;
          const { status, id } = await createOnce(orgId, { ...complete, recording }, key, faulty);
          const isStored = faulty.operations.some((name) => /^R2 (put|complete)/.test(name));
          await settle();

          const { ready, rows, objects, billed } = await inventory(orgId);
          const context = `\n${faulty.operations.join("\n")}\n`;
          // A read that fails before the body was received is a 500, and nothing is lost.
          expect(status, context).toBe(isStored ? 201 : 500);
          const saved = isStored ? [id] : [];
          expect({ ready, rows, objects, billed }, context).toEqual({
            ready: saved,
            rows: saved,
            objects: saved,
            billed: saved,
          });
          if (isStored) expect(await statusOf(call(`/api/voices/${id}`, { as: orgId })), context).toBe(200);
          outcomes[isStored ? "after the body" : "before the body"] += 1;
        },
      ),
      { numRuns: RUNS, ...replayParameters() },
    );
    expect(outcomes["after the body"]).toBeGreaterThan(RUNS / 2);
  });
});
