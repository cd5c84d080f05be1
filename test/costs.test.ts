// What a request costs in billed units: the figures that docs/costs.md calculates with.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { drainSearchChanges } from "./search/found.ts";
import { call, newIsolate } from "./support/call.ts";
import {
  fixture,
  givenCustomer,
  givenGeneration,
  givenSubscriber,
  givenVoice,
  newOrg,
  resetPolar,
  runCron,
} from "./support/fixtures.ts";
import { newGeneration, putAudio, putJson } from "./support/ingest.ts";
import { costOf, expectSuccess, HEARTBEAT_ROWS, meteredIsolate } from "./support/metered-isolate.ts";
import { upload } from "./support/uploads.ts";
import { silentWav } from "./support/wav.ts";

afterEach(resetPolar);

const DAY_MINUTES = 24 * 60;

/** No day is due for a comparison with Polar. */
const withoutChecks = () => env.DB.prepare("update metering_totals set check_due_at = null").run();

it.each([
  ["/api/audio/", givenGeneration],
  ["/api/voices/", givenVoice],
] as const)(
  "the first GET %s{id} reads one row and one object, a later one only the object",
  async (path, given) => {
    const [orgId, { isolate, cost }] = [newOrg(), meteredIsolate()];
    const play = async (id: string) => expectSuccess(call(path + id, { as: orgId, isolate }));
    const id = await given(orgId);
    await play(id);
    expect(cost).toEqual({ rowsRead: 1, rowsWritten: 0, r2: { get: 1 } });
    await play(id);
    expect(cost).toEqual({ rowsRead: 1, rowsWritten: 0, r2: { get: 2 } });
  },
);

it.each([
  // Its levels are one row and two reads more.
  { file: "speech.wav", written: 34, maxReads: 4 },
  ...["mp3", "m4a", "webm", "flac", "ogg"].map((type) => ({
    file: `speech.${type}`,
    written: 33,
    maxReads: 2,
  })),
])(
  "an upload of $file writes $written rows and one object, and reads that object at most $maxReads times",
  async ({ file, written, maxReads }) => {
    const orgId = await givenCustomer({ active: true });
    // The first upload also asks Polar and stores the subscription: four more rows. The first of a day also begins its total.
    await expectSuccess(upload(orgId, await fixture(file)));
    const recording = await fixture(file);
    const { rowsRead, rowsWritten, r2 } = await costOf((isolate) =>
      expectSuccess(upload(orgId, recording, { isolate })),
    );
    expect(rowsWritten).toBe(written);
    expect(rowsRead).toBeLessThanOrEqual(25);
    expect(r2).toEqual({ put: 1, get: expect.toSatisfy((gets) => gets <= maxReads) });
  },
);

// Repeated, each is a recording again: of more frames, and of a chain of Ogg streams (RFC 3533 §4).
it.each(["mp3", "ogg"])(
  "an upload of 4 MB of %s, which is read in windows, reads its object twice",
  async (type) => {
    const orgId = await givenCustomer({ active: true });
    const part = await fixture(`speech.${type}`);
    const parts = Array.from({ length: Math.ceil(4e6 / part.byteLength) }, () => part);
    const recording = await new Blob(parts).arrayBuffer();
    const { r2 } = await costOf((isolate) => expectSuccess(upload(orgId, recording, { isolate })));
    expect(r2).toEqual({ put: 1, get: 2 });
  },
);

it("the cron writes one row to delete the record of an upload a day later", async () => {
  await runCron({ minutesLater: 25 * 60 });
  const orgId = await givenCustomer({ active: true });
  await expectSuccess(upload(orgId, await fixture("speech.mp3")));
  await withoutChecks();
  await drainSearchChanges();
  // Without the webhook, whose states the cron confirms.
  const withoutWebhook = { POLAR_WEBHOOK_SECRET: "" };
  const { rowsWritten } = await costOf(({ DB, SEARCH_DB, AUDIO }) =>
    runCron({ env: { DB, SEARCH_DB, AUDIO, ...withoutWebhook } as Partial<Env>, minutesLater: 25 * 60 }),
  );
  expect(rowsWritten).toBe(1 + HEARTBEAT_ROWS);
});

describe("asking Polar about an organisation that is known to be active", () => {
  const age = (orgId: string, minutes: number) =>
    env.DB.prepare("update subscriptions set confirmed_at = confirmed_at - ? where org_id = ?")
      .bind(minutes * 60_000, orgId)
      .run();

  it("writes three rows in a request, and reads six at most", async () => {
    const orgId = await givenCustomer({ active: true });
    const create = async (isolate: Env) => {
      expect((await upload(orgId, null, { isolate, query: {} })).status).toBe(400);
    };
    await create(newIsolate());
    await age(orgId, 2);
    const cost = await costOf(create, { POLAR_WEBHOOK_SECRET: "" } as Partial<Env>);
    expect(cost).toMatchObject({ rowsWritten: 3, rowsRead: expect.toSatisfy((rows) => rows <= 6) });
  });

  it("writes two rows in the cron, and reads six at most", async () => {
    await env.DB.prepare("delete from subscriptions").run();
    const orgId = await givenSubscriber();
    await age(orgId, 61);
    const cost = await costOf(({ DB, AUDIO }) => runCron({ env: { DB, AUDIO } }));
    expect(cost).toMatchObject({
      rowsWritten: 2 + HEARTBEAT_ROWS,
      rowsRead: expect.toSatisfy((rows) => rows <= 6 + 25),
    });
  });
});

it.each([
  ["false", 12, 12],
  ["true", 13, 15],
])(
  "with METER_GENERATIONS %s, a generation and its audio read %i rows, and write %i and one object",
  async (METER_GENERATIONS, rowsRead, rowsWritten) => {
    const [id, orgId] = [crypto.randomUUID(), newOrg()];
    const { isolate, cost } = meteredIsolate({ METER_GENERATIONS });
    await expectSuccess(putJson(id, newGeneration(orgId), { isolate }));
    await expectSuccess(putAudio(id, silentWav(2), { isolate }));
    expect(cost).toEqual({ rowsRead, rowsWritten, r2: { put: 1, get: 3 } });
  },
);

it.each([1, 10])(
  "the delivery of %i events of generations writes 2 rows each and 2 for the day, and 1 each 35 days later",
  async (count) => {
    const store = async () => {
      const id = crypto.randomUUID();
      await expectSuccess(putJson(id, newGeneration(newOrg())));
      await expectSuccess(putAudio(id, silentWav(2)));
    };
    // The first of the day begins its total.
    await store();
    await runCron();
    for (let stored = 0; stored < count; stored += 1) await store();
    await drainSearchChanges();
    const { rowsRead, rowsWritten } = await costOf(({ DB, SEARCH_DB, AUDIO }) =>
      runCron({ env: { DB, SEARCH_DB, AUDIO } }),
    );
    expect(rowsWritten).toBe(2 * count + 2 + HEARTBEAT_ROWS);
    expect(rowsRead).toBeLessThanOrEqual(10 * count + 32);

    await withoutChecks();
    // Forgets deleted documents of the search index.
    await runCron({ minutesLater: 2 * DAY_MINUTES });
    const inFiveWeeks = () =>
      costOf(({ DB, SEARCH_DB, AUDIO }) =>
        runCron({ env: { DB, SEARCH_DB, AUDIO }, minutesLater: 36 * DAY_MINUTES }),
      );
    const events = await env.DB.prepare("select count(*) as n from metering_events").first<number>("n");
    expect((await inFiveWeeks()).rowsWritten).toBe(Number(events) + HEARTBEAT_ROWS);
  },
);

it("the daily check of a name writes 6 rows, 3 of them for the next day", async () => {
  await env.DB.prepare("delete from metering_totals").run();
  await env.DB.prepare(
    "insert into metering_totals (name, day, settled_at, check_due_at) values ('voice_creation', '2026-01-01', 0, 0)",
  ).run();
  const check = (isolate: Env) => runCron({ env: { ...isolate, METER_GENERATIONS: "false" } as Env });
  const { rowsRead, rowsWritten } = await costOf(check);
  expect(rowsWritten).toBe(6 + HEARTBEAT_ROWS);
  expect(rowsRead).toBeLessThanOrEqual(38);
});

it("renaming a voice in en-US reads 7 rows, writes 10, and touches no object", async () => {
  const orgId = newOrg();
  const id = await givenVoice(orgId);
  const rename = (isolate: Env) =>
    expectSuccess(
      call(`/api/voices/${id}`, {
        ...{ as: orgId, isolate, method: "PATCH", body: '{"name":"Renamed"}' },
        headers: { "Content-Type": "application/json" },
      }),
    );
  expect(await costOf(rename)).toEqual({ rowsRead: 7, rowsWritten: 10, r2: {} });
});

it.each([1, 100])(
  "deleting %i generations costs one R2 call, and per generation 8 rows, one more, and two each a day later",
  async (count) => {
    await runCron({ minutesLater: 26 * 60 });
    const orgId = newOrg();
    const ids = await Promise.all(Array.from({ length: count }, () => givenGeneration(orgId)));
    const { rowsRead, rowsWritten, r2 } = await costOf((isolate) =>
      expectSuccess(
        call("/api/generations/delete", {
          ...{ as: orgId, isolate, method: "POST", body: JSON.stringify({ ids }) },
          headers: { "Content-Type": "application/json" },
        }),
      ),
    );
    expect({ rowsWritten, r2 }).toEqual({ rowsWritten: 8 * count + 1, r2: { delete: 1 } });
    expect(rowsRead).toBeLessThanOrEqual(23 * count + 6);
    await drainSearchChanges();
    const later = await costOf(({ DB, SEARCH_DB, AUDIO }) =>
      runCron({ env: { DB, SEARCH_DB, AUDIO }, minutesLater: 26 * 60 }),
    );
    expect(later.rowsWritten).toBe(2 * count + HEARTBEAT_ROWS);
  },
);

it("the peaks of an audio whose levels are known read one row and no object", async () => {
  const orgId = newOrg();
  const id = await givenGeneration(orgId, "ready", { bytes: silentWav(2), codec: "PCM" });
  const peaks = (isolate: Env) => expectSuccess(call(`/api/audio/${id}/peaks`, { as: orgId, isolate }));
  await peaks(newIsolate());
  expect(await costOf(peaks)).toEqual({ rowsRead: 1, rowsWritten: 0, r2: {} });
});

it("a cron run without work writes one row, its heartbeat, and reads at most 30", async () => {
  await drainSearchChanges();
  await runCron();
  const cost = await costOf(({ DB, SEARCH_DB, AUDIO }) => runCron({ env: { DB, SEARCH_DB, AUDIO } }));
  expect(cost).toEqual({
    rowsRead: expect.toSatisfy((rows) => rows <= 30),
    rowsWritten: HEARTBEAT_ROWS,
    r2: {},
  });
});
