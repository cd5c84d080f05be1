// The handler of the change feed alone, against a real Postgres: repeated, late, concurrent and forged events.
import { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSyncHandler } from "../../integrations/postgres-sync/handler.ts";
import { EVENTS_SECRET } from "../support/event-settings.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { appRows, createAppTables } from "./app-database.ts";
import { generation, message, type Signing, TIMES, voice } from "./feed-messages.ts";

let postgres: Postgres;
let pool: Pool;

beforeAll(async () => {
  postgres = await startPostgres();
  await createAppTables(postgres);
  pool = new Pool({ connectionString: postgres.url });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await postgres.stop();
});
beforeEach(() => postgres.psql("-c", `truncate "Voice", "Generation", "ResonanceSync"`));

const query = (sql: string, values: [string]) => pool.query(sql, values);
const handler = createSyncHandler({ secret: EVENTS_SECRET, query });

const deliver = async (event: object, signing?: Signing) => (await handler(message(event, signing))).status;

const inMilliseconds = ({ data: { failureReason: _, ...data } }: { data: Record<string, unknown> }) => ({
  ...data,
  createdAt: Date.parse(TIMES.createdAt),
  updatedAt: Date.parse(TIMES.updatedAt),
});

describe("the handler", () => {
  it("stores every field, whatever the time zone of the database", async () => {
    await postgres.psql("-c", "alter role postgres set timezone to 'America/St_Johns'");
    const zoned = new Pool({ connectionString: postgres.url });
    const inZone = createSyncHandler({
      secret: EVENTS_SECRET,
      query: (sql, values) => zoned.query(sql, values),
    });
    expect((await inZone(message(voice("created", 1)))).status).toBe(204);
    expect((await inZone(message(generation("ready", 2)))).status).toBe(204);
    await zoned.end();
    await postgres.psql("-c", "alter role postgres reset timezone");
    expect(await appRows(postgres)).toEqual({
      voices: [inMilliseconds(voice("created", 1))],
      generations: [inMilliseconds(generation("ready", 2))],
    });
  });

  it("ignores an event that is repeated, or older than what it has", async () => {
    await deliver(voice("created", 10));
    await deliver(voice("updated", 20, { name: "New" }));
    for (const sequence of [10, 20]) {
      expect(await deliver(voice("updated", sequence, { name: "Old" }))).toBe(204);
    }
    expect((await appRows(postgres)).voices).toMatchObject([{ name: "New" }]);
  });

  it("does not bring a row back when an older event arrives after its deletion, also of an object it never saw", async () => {
    await deliver(voice("created", 10));
    await deliver(voice("deleted", 30));
    await deliver(voice("updated", 20));
    await deliver(generation("deleted", 30));
    await deliver(generation("ready", 20));
    expect(await appRows(postgres)).toEqual({ voices: [], generations: [] });
    // An id that is used again is later.
    await deliver(generation("ready", 40, { voiceId: null }));
    expect((await appRows(postgres)).generations).toMatchObject([{ id: "gen_a" }]);
  });

  it("links a generation to a voice that arrives later, and not to one that was deleted", async () => {
    await deliver(generation("ready", 2));
    expect((await appRows(postgres)).generations).toMatchObject([{ voiceId: null }]);
    await deliver(voice("created", 1));
    expect((await appRows(postgres)).generations).toMatchObject([{ voiceId: "voice_a" }]);
    await deliver(voice("deleted", 3));
    await deliver(generation("ready", 4));
    expect((await appRows(postgres)).generations).toMatchObject([{ voiceId: null }]);
  });

  it("agrees after concurrent events of a voice and its generations, in any order", async () => {
    for (let round = 0; round < 20; round += 1) {
      const id = `voice_${round}`;
      const events = [
        voice("created", 1, { id }),
        voice("updated", 2, { id, name: "New" }),
        ...[1, 2, 3].map((number) =>
          generation("ready", number, { id: `gen_${round}_${number}`, voiceId: id }),
        ),
      ];
      await Promise.all([...events, ...events.toReversed()].map((event) => deliverUntilAccepted(event)));
    }
    const { voices, generations } = await appRows(postgres);
    expect(new Set(voices.map((row) => (row as { name: string }).name))).toEqual(new Set(["New"]));
    expect(generations).toHaveLength(60);
    for (const row of generations as { id: string; voiceId: string }[]) {
      expect(row.voiceId).toBe(`voice_${row.id.split("_")[1]}`);
    }
  });

  it("removes a generation that failed", async () => {
    await deliver(generation("ready", 1, { r2ObjectKey: null, voiceId: null }));
    await deliver(generation("failed", 2, { r2ObjectKey: null, failureReason: "no GPU" }));
    expect((await appRows(postgres)).generations).toEqual([]);
  });

  it("answers 401 to what is not signed with the secret, is older than five minutes, or was changed", async () => {
    const event = voice("created", 1);
    const other = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
    expect(await deliver(event, { secret: other })).toBe(401);
    for (const minutes of [-6, 6]) {
      expect(await deliver(event, { sentAt: Date.now() + minutes * 60_000 })).toBe(401);
    }
    expect(await deliver(event, { signedBody: JSON.stringify(voice("created", 2)) })).toBe(401);
    const bare = new Request("https://app.example.com/", { method: "POST", body: JSON.stringify(event) });
    expect((await handler(bare)).status).toBe(401);
    expect(await appRows(postgres)).toEqual({ voices: [], generations: [] });
  });

  it("answers 413 to a body of more than 1 MiB without reading all of it", async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull: (controller) => {
        pulled += 1;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const init = { method: "POST", body: endless, duplex: "half" } as RequestInit;
    expect((await handler(new Request("https://app.example.com/", init))).status).toBe(413);
    expect(pulled).toBeLessThan(20);
  });

  it("accepts the largest generation that the service accepts", async () => {
    const text = "\u0001".repeat(100_000);
    expect(await deliver(generation("ready", 1, { text, voiceId: null }))).toBe(204);
    expect((await appRows(postgres)).generations).toMatchObject([{ text }]);
  });

  it("accepts an event of a type that it does not know, and changes nothing", async () => {
    expect(await deliver(voice("archived", 1))).toBe(204);
    expect(await deliver({ type: "team.created", sequence: 1, data: {} })).toBe(204);
    expect(await appRows(postgres)).toEqual({ voices: [], generations: [] });
  });

  it("rejects when the database fails, so that the event comes again, and then applies it whole", async () => {
    let failures = 2;
    const failing = createSyncHandler({
      secret: EVENTS_SECRET,
      query: (sql, values) => {
        if (sql.includes('UPDATE "Generation"') && failures-- > 0) throw new Error("connection lost");
        return pool.query(sql, values);
      },
    });
    await deliver(generation("ready", 1));
    for (const _time of [1, 2]) {
      await expect(failing(message(voice("created", 2)))).rejects.toThrow("connection lost");
    }
    expect((await failing(message(voice("created", 2)))).status).toBe(204);
    expect((await appRows(postgres)).generations).toMatchObject([{ voiceId: "voice_a" }]);
  });

  it("throws without a secret", async () => {
    const unset = createSyncHandler({ secret: undefined, query });
    await expect(unset(message(voice("created", 1)))).rejects.toThrow("secret");
  });
});

/** As the service does: again after an error, such as a voice that was deleted at the same time. */
async function deliverUntilAccepted(event: object): Promise<void> {
  for (;;) {
    const status = await deliver(event).catch(() => 500);
    if (status === 204) return;
  }
}
