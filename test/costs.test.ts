// What a request costs in billed units: the figures that docs/costs.md calculates with.
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { call, newIsolate, statusOf } from "./support/call.ts";
import { EVENTS, receivedTypes, resetEvents } from "./support/events.ts";
import {
  fixture,
  givenCustomer,
  givenGeneration,
  givenVoice,
  newOrg,
  resetPolar,
  runCron,
} from "./support/fixtures.ts";
import { newGeneration, putAudio, putJson } from "./support/ingest.ts";
import { costOf, meteredIsolate } from "./support/metered-isolate.ts";
import { upload } from "./support/uploads.ts";
import { silentWav } from "./support/wav.ts";

afterEach(resetPolar);

const expectSuccess = async (pending: Promise<Response>) =>
  expect([200, 201]).toContain(await statusOf(pending));

const DAY_MINUTES = 24 * 60;

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
  { file: "speech.wav", written: 17 },
  ...["mp3", "m4a", "webm", "flac", "ogg"].map((type) => ({
    file: `speech.${type}`,
    written: 16,
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

it.each([
  ["false", 8, 8],
  ["true", 9, 11],
])(
  "with METER_GENERATIONS %s, a generation and its audio read %i rows, and write %i and one object",
  async (METER_GENERATIONS, rowsRead, rowsWritten) => {
    const [id, orgId] = [crypto.randomUUID(), newOrg()];
    const { isolate, cost } = meteredIsolate({ METER_GENERATIONS });
    await expectSuccess(putJson(id, newGeneration(orgId), { isolate }));
    await expectSuccess(putAudio(id, silentWav(2), { isolate }));
    expect(cost).toEqual({ rowsRead, rowsWritten, r2: { put: 1, get: 1 } });
  },
);

it("the delivery of a generation's event writes 2 rows", async () => {
  const [id, orgId] = [crypto.randomUUID(), newOrg()];
  await expectSuccess(putJson(id, newGeneration(orgId)));
  await expectSuccess(putAudio(id, silentWav(2)));
  const { rowsWritten } = await costOf(({ DB, AUDIO }) => runCron({ env: { DB, AUDIO } }));
  expect(rowsWritten).toBe(2 + HEARTBEAT_ROWS);
});

it("renaming a voice reads 3 rows, writes 2, and touches no object", async () => {
  const orgId = newOrg();
  const id = await givenVoice(orgId);
  const rename = (isolate: Env) =>
    expectSuccess(
      call(`/api/voices/${id}`, {
        ...{ as: orgId, isolate, method: "PATCH", body: '{"name":"Renamed"}' },
        headers: { "Content-Type": "application/json" },
      }),
    );
  expect(await costOf(rename)).toEqual({ rowsRead: 3, rowsWritten: 2, r2: {} });
});

it.each([1, 100])(
  "deleting %i generations costs one R2 call, and per generation 6 rows and another a day later",
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
    expect({ rowsWritten, r2 }).toEqual({ rowsWritten: 6 * count, r2: { delete: 1 } });
    expect(rowsRead).toBeLessThanOrEqual(16 * count + 4);
    const later = await costOf(({ DB, AUDIO }) => runCron({ env: { DB, AUDIO }, minutesLater: 26 * 60 }));
    expect(later.rowsWritten).toBe(count + HEARTBEAT_ROWS);
  },
);

describe("with a receiver of the change feed", () => {
  beforeEach(resetEvents);

  it("a generation and its audio write 6 rows more: its event and the delivery", async () => {
    const generate = async (isolate: Env) => {
      const id = crypto.randomUUID();
      await expectSuccess(putJson(id, newGeneration(newOrg()), { isolate }));
      await expectSuccess(putAudio(id, silentWav(2), { isolate }));
      return id;
    };
    const without = await costOf(generate);
    let id = "";
    const cost = await costOf(async (isolate) => {
      id = await generate(isolate);
    }, EVENTS);
    expect(await receivedTypes(id)).toEqual(["generation.ready"]);
    expect(cost.rowsWritten).toBe(without.rowsWritten + 6);
    expect(cost.rowsRead - without.rowsRead).toBeLessThanOrEqual(25);
    expect(cost.r2).toEqual(without.r2);
  });

  it("the cron writes one row to delete an event a week later", async () => {
    const id = crypto.randomUUID();
    await expectSuccess(putJson(id, newGeneration(newOrg()), { env: EVENTS }));
    await expectSuccess(putAudio(id, silentWav(2), { env: EVENTS }));
    // What else is due by then.
    await runCron({ minutesLater: 8 * DAY_MINUTES });
    const events = await env.DB.prepare("select count(*) as n from change_events").first<number>("n");
    const week = (isolate: Env) => runCron({ env: isolate, minutesLater: 8 * DAY_MINUTES });
    const { rowsWritten } = await costOf(week, EVENTS);
    expect(rowsWritten).toBe(Number(events) + HEARTBEAT_ROWS);
  });

  it("a cron run without work writes one row, its heartbeat, and reads at most twenty", async () => {
    const cost = await costOf((isolate) => runCron({ env: isolate }), EVENTS);
    expect(cost).toEqual({
      rowsRead: expect.toSatisfy((rows) => rows <= 20),
      rowsWritten: HEARTBEAT_ROWS,
      r2: {},
    });
  });
});

it("the peaks of an audio whose levels are known read one row and no object", async () => {
  const orgId = newOrg();
  const id = await givenGeneration(orgId, "ready", { bytes: silentWav(2), codec: "PCM" });
  const peaks = (isolate: Env) => expectSuccess(call(`/api/audio/${id}/peaks`, { as: orgId, isolate }));
  await peaks(newIsolate());
  expect(await costOf(peaks)).toEqual({ rowsRead: 1, rowsWritten: 0, r2: {} });
});

describe("a page of a list reads at most four rows for each row that it shows, and four", () => {
  const orgId = newOrg();
  const MANY = 60;
  beforeAll(async () => {
    for (const owner of [orgId, null]) {
      await Promise.all(
        Array.from({ length: MANY }, (_, n) => givenVoice(owner, "ready", { name: `v${n}` })),
      );
    }
    await Promise.all(Array.from({ length: MANY }, () => givenGeneration(orgId)));
  });

  it.each([
    ...["name", "-createdAt"].flatMap((sort) =>
      ["", "&variant=SYSTEM", "&variant=CUSTOM"].map((filter) => `/api/voices?sort=${sort}${filter}`),
    ),
    "/api/generations?sort=-createdAt",
  ])("%s, also far from the beginning", async (path) => {
    for (const limit of [1, 20]) {
      let cursor: string | null = "";
      for (let page = 0; cursor !== null && page < 4; page += 1) {
        const { isolate, cost } = meteredIsolate();
        const url: string = `${path}&limit=${limit}${cursor && `&cursor=${cursor}`}`;
        const response = await call(url, { as: orgId, isolate });
        cursor = ((await response.json()) as { nextCursor: string | null }).nextCursor;
        expect(cost.rowsRead, url).toBeLessThanOrEqual(4 * (limit + 1));
      }
      if (limit === 1) expect(cursor).not.toBeNull();
    }
  });
});

it("a cron run without work writes one row, its heartbeat, and reads at most ten", async () => {
  const cost = await costOf(({ DB, AUDIO }) => runCron({ env: { DB, AUDIO } }));
  expect(cost).toEqual({
    rowsRead: expect.toSatisfy((rows) => rows <= 10),
    rowsWritten: HEARTBEAT_ROWS,
    r2: {},
  });
});
