// What a request costs in billed units: the figures that docs/costs.md calculates with.
import { env } from "cloudflare:workers";
import { afterEach, expect, it } from "vitest";
import { wrapMethods } from "../src/platform/instrumented-bindings.ts";
import { countingBucket } from "./support/bindings.ts";
import { call, newIsolate, statusOf } from "./support/call.ts";
import {
  fixture,
  givenCustomer,
  givenGeneration,
  givenVoice,
  newOrg,
  resetPolar,
  runCron,
} from "./support/fixtures.ts";
import { INGEST_SECRET, newGeneration, putAudio, putJson } from "./support/ingest.ts";
import { upload } from "./support/uploads.ts";
import { silentWav } from "./support/wav.ts";

afterEach(resetPolar);

interface Cost {
  rowsRead: number;
  rowsWritten: number;
  r2: Record<string, number>;
}

/** An isolate, and what D1 and R2 charge for its operations. */
function meteredIsolate(): { isolate: Env; cost: Cost } {
  const bucket = countingBucket(env.AUDIO);
  const cost: Cost = { rowsRead: 0, rowsWritten: 0, r2: bucket.calls };
  return { isolate: newIsolate({ DB: metered(env.DB, cost), AUDIO: bucket.binding, INGEST_SECRET }), cost };
}

/** Adds up the metadata of every result. A statement that returns none is run by a method that returns it. */
function metered<T extends D1Database | D1DatabaseSession>(database: T, cost: Cost): T {
  const originals = new WeakMap<object, D1PreparedStatement>();
  const count = <R extends D1Result>(result: R): R => {
    cost.rowsRead += result.meta.rows_read;
    cost.rowsWritten += result.meta.rows_written;
    return result;
  };
  const statement = (prepared: D1PreparedStatement): D1PreparedStatement => {
    const proxy = wrapMethods(prepared, (name, method) => {
      switch (name) {
        case "bind":
          return (...values) => statement(prepared.bind(...values));
        case "run":
          return async () => count(await prepared.run());
        case "all":
          return async () => count(await prepared.all());
        case "raw":
          return async () => count(await prepared.all()).results.map((row) => Object.values(row));
        default:
          return method;
      }
    });
    originals.set(proxy, prepared);
    return proxy;
  };
  const batch = async (statements: D1PreparedStatement[]) =>
    (await database.batch(statements.map((each) => originals.get(each) ?? each))).map(count);
  return wrapMethods(database, (name, method) => {
    switch (name) {
      case "prepare":
        return (query) => statement(database.prepare(String(query)));
      case "batch":
        return (statements) => batch(statements as D1PreparedStatement[]);
      case "withSession":
        return (constraint) =>
          metered((database as D1Database).withSession(constraint as D1SessionConstraint), cost);
      default:
        return method;
    }
  });
}

async function costOf(work: (isolate: Env) => Promise<unknown>): Promise<Cost> {
  const { isolate, cost } = meteredIsolate();
  await work(isolate);
  return cost;
}

const expectSuccess = async (pending: Promise<Response>) =>
  expect([200, 201]).toContain(await statusOf(pending));

/** Written by each run of the cron. */
const HEARTBEAT_ROWS = 1;

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
  // Its levels are one more.
  { file: "speech.wav", written: 16 },
  ...["mp3", "m4a", "webm", "flac", "ogg"].map((type) => ({
    file: `speech.${type}`,
    written: 15,
    maxRead: 10,
  })),
])(
  "an upload of $file writes $written rows and one object, and reads that object at most twice",
  async ({ file, written }) => {
    const orgId = await givenCustomer({ active: true });
    // The first upload also stores the subscription: two more rows.
    await expectSuccess(upload(orgId, await fixture(file)));
    const recording = await fixture(file);
    const { rowsRead, rowsWritten, r2 } = await costOf((isolate) =>
      expectSuccess(upload(orgId, recording, { isolate })),
    );
    expect(rowsWritten).toBe(written);
    expect(rowsRead).toBeLessThanOrEqual(10);
    expect(r2).toEqual({ put: 1, get: expect.toSatisfy((gets) => gets <= 2) });
  },
);

it("the cron writes one row to delete the record of an upload a day later", async () => {
  await runCron({ minutesLater: 25 * 60 });
  const orgId = await givenCustomer({ active: true });
  await expectSuccess(upload(orgId, await fixture("speech.mp3")));
  const { rowsWritten } = await costOf(({ DB, AUDIO }) =>
    runCron({ env: { DB, AUDIO }, minutesLater: 25 * 60 }),
  );
  expect(rowsWritten).toBe(1 + HEARTBEAT_ROWS);
});

it("a generation and its audio write 8 rows and one object", async () => {
  const id = crypto.randomUUID();
  const cost = await costOf(async (isolate) => {
    await expectSuccess(putJson(id, newGeneration(newOrg()), { isolate }));
    await expectSuccess(putAudio(id, silentWav(2), { isolate }));
  });
  expect(cost).toEqual({ rowsRead: 7, rowsWritten: 8, r2: { put: 1, get: 1 } });
});

it("the peaks of an audio whose levels are known read one row and no object", async () => {
  const orgId = newOrg();
  const id = await givenGeneration(orgId, "ready", { bytes: silentWav(2), codec: "PCM" });
  const peaks = (isolate: Env) => expectSuccess(call(`/api/audio/${id}/peaks`, { as: orgId, isolate }));
  await peaks(newIsolate());
  expect(await costOf(peaks)).toEqual({ rowsRead: 1, rowsWritten: 0, r2: {} });
});

it("a page of voices reads at most three rows for each voice that its organisation can see", async () => {
  const orgId = newOrg();
  const own = 3;
  for (let count = 0; count < own; count += 1) await givenVoice(orgId);
  const system = await env.DB.prepare("select count(*) as n from voices where org_id is null").first<number>(
    "n",
  );
  await Promise.all(Array.from({ length: 100 }, () => givenVoice(newOrg())));
  const { rowsRead } = await costOf((isolate) => expectSuccess(call("/api/voices", { as: orgId, isolate })));
  expect(rowsRead).toBeLessThanOrEqual(3 * (own + (system ?? 0)));
});

it("a cron run without work writes one row, its heartbeat, and reads at most ten", async () => {
  const cost = await costOf(({ DB, AUDIO }) => runCron({ env: { DB, AUDIO } }));
  expect(cost).toEqual({
    rowsRead: expect.toSatisfy((rows) => rows <= 10),
    rowsWritten: HEARTBEAT_ROWS,
    r2: {},
  });
});
