// What a request costs in billed units: the figures that docs/operations.md reckons with.
import { env } from "cloudflare:workers";
import { afterEach, expect, it } from "vitest";
import { call, countingBucket, newIsolate } from "./support/call.ts";
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
import { longWav, upload } from "./support/uploads.ts";

afterEach(resetPolar);

interface Cost {
  rowsRead: number;
  rowsWritten: number;
  r2: Record<string, number>;
}

/** An isolate, and what D1 and R2 reckon for what it does. */
function meteredIsolate(): { isolate: Env; cost: Cost } {
  const bucket = countingBucket(env.AUDIO);
  const cost: Cost = { rowsRead: 0, rowsWritten: 0, r2: bucket.calls };
  return { isolate: newIsolate({ DB: metered(env.DB, cost), AUDIO: bucket.binding, INGEST_SECRET }), cost };
}

/** Adds up the meta of every result. A statement that would answer without one is run as one that has it. */
function metered<T extends D1Database | D1DatabaseSession>(database: T, cost: Cost): T {
  const own = new WeakMap<object, D1PreparedStatement>();
  const count = <R extends D1Result>(result: R): R => {
    cost.rowsRead += result.meta.rows_read;
    cost.rowsWritten += result.meta.rows_written;
    return result;
  };
  const statement = (prepared: D1PreparedStatement): D1PreparedStatement => {
    const proxy = {
      bind: (...values: unknown[]) => statement(prepared.bind(...values)),
      run: async () => count(await prepared.run()),
      all: async () => count(await prepared.all()),
      raw: async () => count(await prepared.all()).results.map((row) => Object.values(row)),
    } as unknown as D1PreparedStatement;
    own.set(proxy, prepared);
    return proxy;
  };
  const metering = {
    prepare: (query: string) => statement(database.prepare(query)),
    batch: async (statements: D1PreparedStatement[]) =>
      (await database.batch(statements.map((each) => own.get(each) ?? each))).map(count),
    withSession: (constraint: D1SessionConstraint) =>
      metered((database as D1Database).withSession(constraint), cost),
  };
  return metering as unknown as T;
}

async function spent(work: (isolate: Env) => Promise<unknown>): Promise<Cost> {
  const { isolate, cost } = meteredIsolate();
  await work(isolate);
  return cost;
}

async function ok(asked: Promise<Response>): Promise<void> {
  const response = await asked;
  expect(response.ok).toBe(true);
  await response.arrayBuffer();
}

it.each([
  ["/api/audio/", givenGeneration],
  ["/api/voices/", givenVoice],
] as const)(
  "the first play of %s{id} reads one row and one object, a later one only the object",
  async (path, given) => {
    const [orgId, { isolate, cost }] = [newOrg(), meteredIsolate()];
    const play = async (id: string) => ok(call(path + id, { as: orgId, isolate }));
    const id = await given(orgId);
    await play(id);
    expect(cost).toEqual({ rowsRead: 1, rowsWritten: 0, r2: { get: 1 } });
    await play(id);
    expect(cost).toEqual({ rowsRead: 1, rowsWritten: 0, r2: { get: 2 } });
  },
);

it.each(["speech.wav", "speech.mp3", "speech.m4a", "speech.webm", "speech.flac", "speech.ogg"])(
  "an upload of %s writes 14 rows and one object, and reads that object twice at most",
  async (file) => {
    const orgId = await givenCustomer({ active: true });
    // The first one also notes the subscription: two rows more.
    await ok(upload(orgId, await fixture(file)));
    const recording = await fixture(file);
    const { rowsRead, rowsWritten, r2 } = await spent((isolate) => ok(upload(orgId, recording, { isolate })));
    expect(rowsWritten).toBe(14);
    expect(rowsRead).toBeLessThanOrEqual(10);
    expect(r2).toEqual({ put: 1, get: expect.toSatisfy((gets) => gets <= 2) });
  },
);

it("a generation writes 7 rows and one object", async () => {
  const id = crypto.randomUUID();
  const cost = await spent(async (isolate) => {
    await ok(putJson(id, newGeneration(newOrg()), { isolate }));
    await ok(putAudio(id, longWav(2), { isolate }));
  });
  expect(cost).toEqual({ rowsRead: 6, rowsWritten: 7, r2: { put: 1, get: 1 } });
});

it("a page of voices reads what its organisation sees, however many voices there are", async () => {
  const orgId = newOrg();
  const own = 3;
  for (let count = 0; count < own; count += 1) await givenVoice(orgId);
  const system = await env.DB.prepare("select count(*) as n from voices where org_id is null").first<number>(
    "n",
  );
  for (let count = 0; count < 100; count += 1) await givenVoice(newOrg());
  const { rowsRead } = await spent((isolate) => ok(call("/api/voices", { as: orgId, isolate })));
  expect(rowsRead).toBeLessThanOrEqual(3 * (own + (system ?? 0)));
});

it("a minute in which nothing is to be done writes nothing and reads ten rows at most", async () => {
  const cost = await spent(({ DB, AUDIO }) => runCron({ env: { DB, AUDIO } }));
  expect(cost).toEqual({ rowsRead: expect.toSatisfy((rows) => rows <= 10), rowsWritten: 0, r2: {} });
});
