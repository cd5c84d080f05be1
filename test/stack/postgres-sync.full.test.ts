// The change feed from a running Worker into a real Postgres, through the handler that adopters copy: whatever the
// receiver does meanwhile, Postgres and D1 end with the same rows.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LOCAL_INGEST_SECRET, LOCAL_POLAR_TOKEN } from "../../dev/identities.ts";
import { createPolarFake } from "../../dev/polar.ts";
import { bundle, migrate, type RunningWorker, start, tokenOf } from "../../dev/workerd.ts";
import { createSyncHandler } from "../../integrations/postgres-sync/handler.ts";
import {
  deleteGeneration,
  deleteVoice,
  storeGeneration,
} from "../../integrations/postgres-sync/service-calls.ts";
import { EVENTS_SECRET } from "../support/event-settings.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { silentWav } from "../support/wav.ts";
import { appRows, createAppTables, serviceRows } from "./app-database.ts";

const ORG = "org_feed";
const MINUTE_MS = 60_000;

/** What the receiver does with the next requests. */
type Trouble = "none" | "answers 500" | "hangs" | "breaks after applying" | "breaks before applying";

let postgres: Postgres;
let pool: Pool;
let app: Server;
let port: number;
let trouble: Trouble = "none";
let worker: RunningWorker;
let speech: Buffer;
let minutes = 0;

async function receive(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  switch (trouble) {
    case "answers 500":
      outgoing.writeHead(500).end();
      return;
    case "hangs":
      return;
    case "breaks before applying":
      incoming.socket.destroy();
      return;
    case "none":
    case "breaks after applying":
  }
  const request = new Request(`http://127.0.0.1:${port}${incoming.url}`, {
    method: "POST",
    headers: incoming.headers as Record<string, string>,
    body: Buffer.concat(chunks),
  });
  const response = await handler(request).catch(() => new Response(null, { status: 500 }));
  if (trouble === "breaks after applying") incoming.socket.destroy();
  else outgoing.writeHead(response.status).end();
}

const handler = createSyncHandler({
  secret: EVENTS_SECRET,
  query: (sql, values) => pool.query(sql, values),
});

async function listen(): Promise<void> {
  app = createServer((incoming, outgoing) => void receive(incoming, outgoing));
  app.listen(port ?? 0, "127.0.0.1");
  await once(app, "listening");
  port = (app.address() as AddressInfo).port;
}

async function stopListening(): Promise<void> {
  app.closeAllConnections();
  await new Promise((resolve) => app.close(resolve));
}

beforeAll(async () => {
  postgres = await startPostgres();
  await createAppTables(postgres);
  pool = new Pool({ connectionString: postgres.url });
  await listen();
  speech = await readFile(join(import.meta.dirname, "../fixtures/speech.mp3"));
  const fake = createPolarFake(LOCAL_POLAR_TOKEN);
  const outside = async (request: Request) => {
    if (new URL(request.url).hostname !== "polar.test") {
      const body = await request.arrayBuffer();
      return fetch(request.url, {
        method: request.method,
        headers: request.headers,
        body,
        redirect: "manual",
      });
    }
    return fake.fetch(new Request(request.url, request as RequestInit));
  };
  await outside(
    new Request(`http://polar.test/subscriptions/${ORG}`, { method: "PUT", body: '{"active":true}' }),
  );
  worker = await start(await bundle("src/index.ts"), {
    outside,
    settings: {
      EVENTS_URL: `http://127.0.0.1:${port}/api/resonance-events`,
      EVENTS_SECRET,
      INGEST_SECRET: LOCAL_INGEST_SECRET,
      METER_GENERATIONS: "false",
    },
  });
  await migrate(worker);
}, 120_000);

afterAll(async () => {
  await worker.stop();
  await stopListening();
  await pool.end();
  await postgres.stop();
});

beforeEach(() => {
  trouble = "none";
});

const service = () => ({ origin: worker.url, ingestSecret: LOCAL_INGEST_SECRET });

async function asUser(path: string, init: RequestInit = {}): Promise<Response> {
  const token = await tokenOf({ userId: "user_a", orgId: ORG, expiresInSeconds: 600, version: 2 });
  return fetch(worker.url + path, {
    ...init,
    headers: { ...init.headers, Authorization: `Bearer ${token}` },
  });
}

async function createVoice(name = "Grandma 声"): Promise<string> {
  const query = new URLSearchParams({ name, category: "PODCAST", language: "de-AT", description: "a\nb" });
  const init = { method: "POST", headers: { "Content-Type": "audio/mpeg" }, body: new Uint8Array(speech) };
  const response = await asUser(`/api/voices/create?${query}`, init);
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

const rename = (id: string, name: string) =>
  asUser(`/api/voices/${id}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name }),
  });

async function generate(voiceId: string | null, id: string = crypto.randomUUID()): Promise<string> {
  const numbers = { temperature: 0.30000000000000004, topP: 1e-7, topK: 2147483647, repetitionPenalty: 1.2 };
  const text = `"Quoted" \\ and 長い\r\n${"words ".repeat(200)}`;
  const generation = { orgId: ORG, voiceId, voiceName: "Grandma 声", text, ...numbers };
  await storeGeneration(service(), id, generation, silentWav(1));
  return id;
}

/** Runs the cron, some minutes later each time, until nothing waits. */
async function settle(): Promise<void> {
  const waiting = "select count(*) as n from change_events where delivered_at is null";
  for (let runs = 0; runs < 12; runs += 1) {
    minutes += 10;
    await worker.tick(new Date(Date.now() + minutes * MINUTE_MS));
    if ((await worker.database.prepare(waiting).first<number>("n")) === 0) return;
  }
  throw new Error("events still wait");
}

async function expectSameRows(): Promise<Awaited<ReturnType<typeof appRows>>> {
  const stored = await appRows(postgres);
  expect(stored).toEqual(await serviceRows(worker.database));
  return stored;
}

describe("Postgres behind the change feed", () => {
  it("has a voice and a generation without the cron, with every field as in D1, and loses them again", async () => {
    const voiceId = await createVoice();
    const id = await generate(voiceId);
    await expect.poll(async () => (await appRows(postgres)).generations).toMatchObject([{ id, voiceId }]);
    const { voices } = await expectSameRows();
    expect(voices).toMatchObject([{ id: voiceId, name: "Grandma 声", description: "a\nb" }]);

    expect((await rename(voiceId, "Opa")).status).toBe(200);
    await expect.poll(async () => (await appRows(postgres)).voices).toMatchObject([{ name: "Opa" }]);
    await expectSameRows();

    expect((await asUser(`/api/voices/${voiceId}`, { method: "DELETE" })).status).toBe(204);
    await expect.poll(async () => (await appRows(postgres)).voices).toEqual([]);
    expect((await expectSameRows()).generations).toMatchObject([{ id, voiceId: null }]);

    expect((await asUser(`/api/generations/${id}`, { method: "DELETE" })).status).toBe(204);
    await expect.poll(async () => (await appRows(postgres)).generations).toEqual([]);
    await expectSameRows();
  });

  it("has what the app deletes over /internal deleted on both sides, whichever side is first", async () => {
    const [first, second] = [await createVoice("First"), await createVoice("Second")];
    await settle();
    await deleteVoice(service(), first);
    await postgres.psql("-c", `delete from "Voice" where "id" = '${first}'`);
    await postgres.psql("-c", `delete from "Voice" where "id" = '${second}'`);
    for (const _time of [1, 2]) await deleteVoice(service(), second);
    const id = await generate(null);
    await settle();
    await deleteGeneration(service(), id);
    await settle();
    expect(await expectSameRows()).toEqual({ voices: [], generations: [] });
  });

  it("has no row of a generation that failed, as the app keeps none", async () => {
    const id = crypto.randomUUID();
    const begin = { orgId: ORG, voiceName: "A", text: "B" };
    const put = (path: string, body: unknown) =>
      fetch(`${worker.url}/internal/generations/${id}${path}`, {
        method: "PUT",
        headers: { Authorization: `Bearer ${LOCAL_INGEST_SECRET}`, "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    expect((await put("", begin)).status).toBe(201);
    await postgres.psql(
      "-c",
      `insert into "Generation" values ('${id}', '${ORG}', null, 'B', 'A', null, 1, 1, 1, 1, now(), now())`,
    );
    expect((await put("/failure", { reason: "no GPU" })).status).toBe(200);
    await settle();
    await expectSameRows();
  });

  it.each(["answers 500", "hangs", "breaks after applying", "breaks before applying"] as const)(
    "has the same rows in the end when the receiver %s for a while",
    { timeout: 120_000 },
    async (kind) => {
      const kept = await createVoice(`Kept ${kind}`);
      await settle();
      trouble = kind;
      const created = await createVoice(`During ${kind}`);
      const generated = await generate(created);
      const ofDeleted = await generate(kept);
      for (const name of ["Second", "Third"]) expect((await rename(created, name)).status).toBe(200);
      const gone = await generate(null);
      expect((await asUser(`/api/generations/${gone}`, { method: "DELETE" })).status).toBe(204);
      expect((await asUser(`/api/voices/${kept}`, { method: "DELETE" })).status).toBe(204);
      minutes += 3;
      await worker.tick(new Date(Date.now() + minutes * MINUTE_MS));
      trouble = "none";
      await settle();
      const { voices, generations } = await expectSameRows();
      expect(voices).toContainEqual(expect.objectContaining({ id: created, name: "Third" }));
      expect(generations).toContainEqual(expect.objectContaining({ id: generated, voiceId: created }));
      expect(generations).toContainEqual(expect.objectContaining({ id: ofDeleted, voiceId: null }));
    },
  );

  it("has the same rows in the end when the app is down for a while", { timeout: 60_000 }, async () => {
    await stopListening();
    const voiceId = await createVoice("Down");
    await generate(voiceId);
    await worker.tick(new Date(Date.now() + minutes * MINUTE_MS));
    await listen();
    await settle();
    await expectSameRows();
  });
});
