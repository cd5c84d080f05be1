// A workerd process that is killed between any two operations of a creation, and connections that break.
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOCAL_POLAR_TOKEN } from "../../dev/identities.ts";
import { createPolarFake } from "../../dev/polar.ts";
import { migrate, type RunningWorker, start, tokenOf } from "../../dev/workerd.ts";
import { ANALYSIS_ENTRY, bundle, SERVICE_ENTRY } from "../../scripts/operator/bundle.ts";

const ORG = "org_killed";
const PATH = "/api/voices/create?name=A&category=GENERAL&language=en";
const HOUR_MS = 60 * 60_000;

let folder: string;
let recording: Buffer;
let stepping: string;
let plain: string;
let analysis: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "resonance-killed-"));
  recording = await readFile(join(import.meta.dirname, "../fixtures/speech.wav"));
  stepping = (await bundle("test/faults/stepping-worker.ts")).script;
  plain = (await bundle(SERVICE_ENTRY)).script;
  analysis = (await bundle(ANALYSIS_ENTRY)).script;
  const worker = await start(plain, { state: join(folder, "empty") });
  await migrate(worker);
  await worker.stop();
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** An empty state and a Polar fake, which outlives the killed Worker. */
async function givenEmptyState() {
  const state = await mkdtemp(join(folder, "state-"));
  await cp(join(folder, "empty"), state, { recursive: true });
  const fake = createPolarFake(LOCAL_POLAR_TOKEN);
  const polar = (request: Request) =>
    Promise.resolve(fake.fetch(new Request(request.url, request as RequestInit)));
  await polar(
    new Request(`http://polar.test/subscriptions/${ORG}`, { method: "PUT", body: '{"active":true}' }),
  );
  const billed = async () => {
    const response = await polar(new Request("http://polar.test/events"));
    const { items } = (await response.json()) as { items: { external_id: string }[] };
    return items.map((item) => item.external_id).toSorted((a, b) => (a < b ? -1 : 1));
  };
  return { state, polar, billed };
}

const headers = async (key: string) => ({
  Authorization: `Bearer ${await tokenOf({ userId: "user_a", orgId: ORG, expiresInSeconds: 600, version: 2 })}`,
  "Content-Type": "audio/wav",
  "Idempotency-Key": key,
});

/** The status of an upload, or null when the connection broke. */
async function upload({ url }: RunningWorker, key: string): Promise<number | null> {
  const request = { method: "POST", headers: await headers(key), body: new Uint8Array(recording) };
  const response = await fetch(url + PATH, request).catch(() => null);
  await response?.arrayBuffer().catch(() => null);
  return response?.status ?? null;
}

/** The ids of the voices in D1, in R2, in the outbox and at Polar, once the cron has nothing left to do. */
async function settledIds(worker: RunningWorker, billed: () => Promise<string[]>) {
  for (const hours of [2, 9]) await worker.tick(new Date(Date.now() + hours * HOUR_MS));
  const ids = async (sql: string) =>
    (await worker.database.prepare(sql).all<{ id: string }>()).results.map(({ id }) => id);
  const { objects } = await worker.bucket.list();
  return {
    rows: await ids("select id from voices order by id"),
    ready: await ids("select id from voices where r2_object_key is not null order by id"),
    objects: objects.map(({ key }) => key.slice(`voices/orgs/${ORG}/`.length)),
    delivered: await ids("select id from metering_events where delivered_at is not null order by id"),
    billed: await billed(),
    open: await ids(
      "select voice_id as id from voice_uploads where completed_at is null and cleaned_up_at is null",
    ),
  };
}

function expectAgreement({ ready, open, ...others }: Awaited<ReturnType<typeof settledIds>>): void {
  for (const [place, ids] of Object.entries(others)) expect(ids, place).toEqual(ready);
  expect(open).toEqual([]);
}

/** Uploads to a Worker that is killed at operation `fatal`. Returns whether it reached that operation. */
async function uploadAndKill(fatal: number): Promise<{ wasKilled: boolean; at: string }> {
  const { state, polar, billed } = await givenEmptyState();
  let step = 0;
  let at = "";
  let worker: RunningWorker | undefined;
  const onStep = async (request: Request): Promise<Response> => {
    if (step === fatal) {
      at = new URL(request.url).pathname;
      worker?.kill();
      return new Promise(() => undefined);
    }
    step += 1;
    return new Response();
  };
  worker = await start(stepping, {
    state,
    host: onStep,
    outside: async (request) => {
      await onStep(request);
      const response = await polar(request);
      await onStep(request);
      return response;
    },
  });
  const key = crypto.randomUUID();
  const status = await upload(worker, key);
  // Gives the background work the time to complete, or to be killed.
  for (let waited = 0; waited < 40 && at === "" && (await billed()).length === 0; waited += 1) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  await worker.stop();

  const next = await start(plain, { analysis, state, outside: polar });
  try {
    const found = await settledIds(next, billed);
    expectAgreement(found);
    if (status === 201) expect(found.ready).toHaveLength(1);
    // A client that lost its response retries, and has one voice.
    expect(await upload(next, key)).toBe(201);
    const after = await settledIds(next, billed);
    expectAgreement(after);
    expect(after.ready).toHaveLength(1);
    return { wasKilled: at !== "", at };
  } finally {
    await next.stop();
  }
}

describe("a Worker that is killed", () => {
  it("between any two operations of a creation neither loses nor duplicates a voice, an object or an event", {
    timeout: 300_000,
  }, async () => {
    const killedAt: string[] = [];
    for (let fatal = 0; ; fatal += 1) {
      const { wasKilled, at } = await uploadAndKill(fatal);
      if (!wasKilled) break;
      killedAt.push(at);
    }
    for (const step of ["/put", "/put-done", "/batch", "/batch-done", "/v1/events/ingest"]) {
      expect(killedAt).toContain(step);
    }
    expect(killedAt.length).toBeGreaterThan(14);
  });
});

describe("a client that disconnects", () => {
  it("at any point of its upload leaves no row, no object and no event", { timeout: 120_000 }, async () => {
    const { state, polar, billed } = await givenEmptyState();
    const worker = await start(plain, { analysis, state, outside: polar });
    try {
      for (let tries = 0; tries < 40; tries += 1) {
        await sendPart(worker, Math.floor((recording.length * tries) / 40), tries % 2 === 0);
      }
      // Rolled back at once, without the cron.
      await expect.poll(() => worker.database.prepare("select count(*) as n from voices").first("n")).toBe(0);
      await expect.poll(async () => (await worker.bucket.list()).objects.length).toBe(0);
      expectAgreement(await settledIds(worker, billed));
      expect(await billed()).toEqual([]);
      expect(await upload(worker, "afterwards")).toBe(201);
    } finally {
      await worker.stop();
    }
  });
});

/** Sends `length` bytes of the recording, with a Content-Length or chunked, and breaks the connection. */
async function sendPart({ url }: RunningWorker, length: number, isDeclared: boolean): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const framing = isDeclared
    ? { "Content-Length": `${recording.length}` }
    : { "Transfer-Encoding": "chunked" };
  const lines = Object.entries({ Host: "localhost", ...(await headers(crypto.randomUUID())), ...framing });
  socket.write(
    `POST ${PATH} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
  );
  if (!isDeclared && length > 0) socket.write(`${length.toString(16)}\r\n`);
  socket.write(recording.subarray(0, length));
  await new Promise((resolve) => setTimeout(resolve, 5 + (length % 40)));
  socket.destroy();
}
