// A running Worker whose change feed reaches a real Postgres, through the handler that adopters copy and a receiver that
// can be in trouble.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Pool } from "pg";
import { expect } from "vitest";
import { LOCAL_INGEST_SECRET, LOCAL_POLAR_TOKEN } from "../../dev/identities.ts";
import { createPolarFake } from "../../dev/polar.ts";
import { migrate, start, tokenOf } from "../../dev/workerd.ts";
import { createSyncHandler } from "../../integrations/postgres-sync/handler.ts";
import { ANALYSIS_ENTRY, bundle, SERVICE_ENTRY } from "../../scripts/operator/bundle.ts";
import { EVENTS_SECRET } from "../support/event-settings.ts";
import { startPostgres } from "../support/postgres.ts";
import { appRows, createAppTables, serviceRows } from "./app-database.ts";

const MINUTE_MS = 60_000;
const ORG = "org_feed";

/** What the receiver does with the next requests. */
type Trouble = "none" | "answers 500" | "hangs" | "breaks after applying" | "breaks before applying";

type Handler = (request: Request) => Promise<Response>;

/** The app's web server, on one port for as long as it is used. */
class Receiver {
  trouble: Trouble = "none";
  readonly #handler: Handler;
  #server: Server | undefined;
  #port = 0;

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/api/resonance-events`;
  }

  async listen(): Promise<void> {
    this.#server = createServer((incoming, outgoing) => void this.#receive(incoming, outgoing));
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stopListening(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  async #receive(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    switch (this.trouble) {
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
    const request = new Request(new URL(incoming.url ?? "", this.url), {
      method: "POST",
      headers: incoming.headers as Record<string, string>,
      body: Buffer.concat(chunks),
    });
    const response = await this.#handler(request).catch(() => new Response(null, { status: 500 }));
    if (this.trouble === "breaks after applying") incoming.socket.destroy();
    else outgoing.writeHead(response.status).end();
  }
}

/** What the Worker's requests to other hosts reach: a fake of Polar, and the machine itself. */
async function createOutside(): Promise<(request: Request) => Promise<Response>> {
  const fake = createPolarFake(LOCAL_POLAR_TOKEN);
  await fake.fetch(
    new Request(`http://polar.test/subscriptions/${ORG}`, { method: "PUT", body: '{"active":true}' }),
  );
  return async (request) => {
    const { url, method, headers } = request;
    if (new URL(url).hostname === "polar.test") return fake.fetch(new Request(url, request as RequestInit));
    return fetch(url, { method, headers, body: await request.arrayBuffer(), redirect: "manual" });
  };
}

export async function startFeedStack() {
  const postgres = await startPostgres();
  await createAppTables(postgres);
  const pool = new Pool({ connectionString: postgres.url });
  const receiver = new Receiver(
    createSyncHandler({ secret: EVENTS_SECRET, query: (sql, values) => pool.query(sql, values) }),
  );
  await receiver.listen();
  const speech = await readFile(join(import.meta.dirname, "../fixtures/speech.mp3"));
  const worker = await start((await bundle(SERVICE_ENTRY)).script, {
    analysis: (await bundle(ANALYSIS_ENTRY)).script,
    outside: await createOutside(),
    settings: {
      EVENTS_URL: receiver.url,
      EVENTS_SECRET,
      INGEST_SECRET: LOCAL_INGEST_SECRET,
      METER_GENERATIONS: "false",
    },
  });
  await migrate(worker);
  let minutes = 0;

  async function asUser(path: string, init: RequestInit = {}): Promise<Response> {
    const token = await tokenOf({ userId: "user_a", orgId: ORG, expiresInSeconds: 600, version: 2 });
    return fetch(worker.url + path, {
      ...init,
      headers: { ...init.headers, Authorization: `Bearer ${token}` },
    });
  }

  /** Runs the cron, as if some more minutes had passed. */
  async function tick(laterByMinutes: number): Promise<void> {
    minutes += laterByMinutes;
    await worker.tick(new Date(Date.now() + minutes * MINUTE_MS));
  }

  return {
    orgId: ORG,
    receiver,
    /** For the app's calls of /internal. */
    service: { origin: worker.url, ingestSecret: LOCAL_INGEST_SECRET },
    sql: (statement: string) => postgres.psql("-c", statement),
    appRows: () => appRows(postgres),
    asUser,
    tick,

    async createVoice(name = "Grandma 声"): Promise<string> {
      const query = new URLSearchParams({
        name,
        category: "PODCAST",
        language: "de-AT",
        description: "a\nb",
      });
      const init = {
        method: "POST",
        headers: { "Content-Type": "audio/mpeg" },
        body: new Uint8Array(speech),
      };
      const response = await asUser(`/api/voices/create?${query}`, init);
      expect(response.status).toBe(201);
      return ((await response.json()) as { id: string }).id;
    },

    /** Runs the cron, some minutes later each time, until nothing waits. */
    async settle(): Promise<void> {
      const waiting = "select count(*) as n from change_events where delivered_at is null";
      for (let runs = 0; runs < 12; runs += 1) {
        await tick(10);
        if ((await worker.database.prepare(waiting).first<number>("n")) === 0) return;
      }
      throw new Error("events still wait");
    },

    async expectSameRows(): Promise<Awaited<ReturnType<typeof appRows>>> {
      const stored = await appRows(postgres);
      expect(stored).toEqual(await serviceRows(worker.database));
      return stored;
    },

    async stop(): Promise<void> {
      await worker.stop();
      await receiver.stopListening();
      await pool.end();
      await postgres.stop();
    },
  };
}
