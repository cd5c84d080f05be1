// Whatever fails, in whatever order: in the end there are as many ready voices as objects as events at Polar.
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  endPolarFaults,
  fixture,
  givenCustomer,
  givenPolarFault,
  meteredEvents,
  resetPolar,
  runCron,
} from "../support/fixtures.ts";
import { brokenOff, longWav, upload, VALID_QUERY } from "../support/uploads.ts";
import { faultWithin, replayed, some } from "./arbitraries.ts";
import { FaultyBindings } from "./faulty-bindings.ts";

const RUNS = 500;
/** More operations than a creation and its delivery take. */
const STEPS = 11;

/** Seventy seconds, more than one part of an upload without a Content-Length. */
const LONG_WAV = longWav(70);

const fault = faultWithin(STEPS);

const polarFault = fc.record({
  target: fc.constantFrom("events" as const, "customers" as const),
  fault: fc.oneof(
    { weight: 10, arbitrary: fc.constant({ kind: "status" as const, status: 503 }) },
    { weight: 10, arbitrary: fc.constant({ kind: "status" as const, status: 422 }) },
    { weight: 10, arbitrary: fc.constant({ kind: "status" as const, status: 429 }) },
    { weight: 10, arbitrary: fc.constant({ kind: "lose_response" as const }) },
    // Seldom, as each takes the five seconds that Polar is given.
    { weight: 1, arbitrary: fc.constant({ kind: "hang" as const }) },
  ),
  times: fc.integer({ min: 1, max: 3 }),
});

/** What one attempt of a client meets. */
const attempt = fc.record({
  faults: some(fault),
  polarFaults: fc.array(polarFault, { maxLength: 1 }),
  /** How much of the body is sent before the connection breaks; null for all. */
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
  /** When what landed late lands: before the cron, or after it. */
  landsFirst: fc.boolean(),
  cronFaults: some(fault),
});

const scenario = fc.record({
  /** The client tries again until it gets its voice, and then once more if it is not sure. */
  attempts: fc.array(attempt, { minLength: 1, maxLength: 3 }),
  isIdempotent: fc.boolean(),
});

interface Answer {
  status: number;
  id: string | undefined;
}

async function tryOnce(
  orgId: string,
  { polarFaults, sent, isLengthDeclared, recording }: Attempt,
  key: string | null,
  { bindings, done }: FaultyBindings,
): Promise<Answer> {
  for (const { target, fault: planned, times } of polarFaults) {
    await givenPolarFault({ target, times, ...planned });
  }
  const bytes = recording === "of several parts" ? LONG_WAV : new Uint8Array(await fixture(recording));
  const headers: Record<string, string> = { "Content-Type": "audio/wav" };
  if (key) headers["Idempotency-Key"] = key;
  let body: BodyInit = bytes;
  if (sent !== null) {
    body = brokenOff(bytes, Math.floor(bytes.length * sent));
    if (isLengthDeclared) headers["Content-Length"] = `${bytes.length}`;
  } else if (!isLengthDeclared) {
    body = new Response(bytes).body ?? bytes;
  }
  const response = await upload(orgId, body, { headers, query: VALID_QUERY, env: bindings });
  const { id } = (await response.json()) as { id?: string };
  done.push(`answer ${response.status}`);
  return { status: response.status, id };
}

type Attempt = typeof attempt extends fc.Arbitrary<infer T> ? T : never;

/** Runs the cron until nothing is left to do: an hour's sweep, and every event's next delivery. */
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

/** The ids of an organisation's voices, wherever they stand. */
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

describe("a creation under faults", () => {
  it(`leaves as many voices as objects as events, in ${RUNS} runs`, { timeout: 600_000 }, async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const ends = { "with a voice": 0, "without a voice": 0, "with an event sent twice": 0 };
    await resetPolar();
    await fc.assert(
      fc.asyncProperty(scenario, async ({ attempts, isIdempotent }) => {
        const orgId = await givenCustomer({ active: true });
        const key = isIdempotent ? crypto.randomUUID() : null;
        const done: string[] = [];
        const made: string[] = [];
        for (const planned of attempts) {
          const faulty = new FaultyBindings(planned.faults);
          const { status, id } = await tryOnce(orgId, planned, key, faulty);
          done.push(...faulty.done);
          if (status === 201 && id) made.push(id);
          if (planned.landsFirst) await faulty.land();
          await runCron({ minutesLater: 2, env: new FaultyBindings(planned.cronFaults).bindings });
          await faulty.land();
        }
        await settle();

        const { ready, rows, objects, delivered, billed, repeated } = await inventory(orgId);
        const context = `\n${done.join("\n")}\n`;
        for (const [what, ids] of Object.entries({ rows, objects, delivered, billed })) {
          expect(ids, what + context).toEqual(ready);
        }
        // What a client was told it has, it has; and under one key it has one.
        for (const id of made) expect(ready, context).toContain(id);
        if (isIdempotent && made.length > 0) expect(ready, context).toEqual([made[0]]);
        ends[ready.length > 0 ? "with a voice" : "without a voice"] += 1;
        if (repeated > 0) ends["with an event sent twice"] += 1;
      }),
      { numRuns: RUNS, ...replayed() },
    );
    logged.mockRestore();
    // No end was so rare that the runs would prove nothing of it.
    for (const [end, count] of Object.entries(ends)) expect(count, end).toBeGreaterThan(RUNS / 50);
  });
});
