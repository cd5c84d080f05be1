// The handler of the change feed when two events of one object are applied at the same time: each order is forced, with
// a trigger that stops the one while it holds its locks.
import { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSyncHandler } from "../../integrations/postgres-sync/handler.ts";
import { EVENTS_SECRET } from "../support/event-settings.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { createAppTables } from "./app-database.ts";
import { generation, message, voice } from "./feed-messages.ts";

/**
 * As long as the test holds the advisory lock, a row whose key is "insert" waits before it is inserted, and one whose key
 * is "update" while it is updated.
 */
const PAUSE = `
create function pause() returns trigger language plpgsql as $$
begin
  if new."r2ObjectKey" = lower(tg_op) then perform pg_advisory_xact_lock(1); end if;
  return new;
end $$;
create trigger pause before insert or update on "Voice" for each row execute function pause();
create trigger pause before insert or update on "Generation" for each row execute function pause();`;
const ON_INSERT = { r2ObjectKey: "insert", voiceId: null };
const ON_UPDATE = { r2ObjectKey: "update", voiceId: null };

let postgres: Postgres;
let pool: Pool;

beforeAll(async () => {
  postgres = await startPostgres();
  await createAppTables(postgres);
  await postgres.psql("-c", PAUSE);
  pool = new Pool({ connectionString: postgres.url });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await postgres.stop();
});
beforeEach(() => postgres.psql("-c", `truncate "Voice", "Generation", "ResonanceSync"`));

const handler = createSyncHandler({
  secret: EVENTS_SECRET,
  query: (sql, values) => pool.query(sql, values),
});
const deliver = async (event: object) => (await handler(message(event))).status;

/** Runs `race`, which calls `resume` to let the waiting rows go on. */
async function whilePaused(race: (resume: () => Promise<void>) => Promise<void>): Promise<void> {
  const holder = await pool.connect();
  try {
    await holder.query("select pg_advisory_lock(1)");
    await race(async () => void (await holder.query("select pg_advisory_unlock(1)")));
  } finally {
    await holder.query("select pg_advisory_unlock_all()");
    holder.release();
  }
}

/** Waits until so many statements wait for a lock. */
const untilWaiting = (count: number) =>
  expect
    .poll(() => postgres.rows("select pid from pg_stat_activity where wait_event_type = 'Lock'"))
    .toHaveLength(count);

const ids = (table: string) => postgres.rows(`select "id" from "${table}"`);

describe.each([
  ["Voice", "created", "deleted", voice],
  ["Generation", "ready", "deleted", generation],
  ["Generation", "ready", "failed", generation],
] as const)("the events of a %s, %s and %s,", (table, stored, removed, event) => {
  it("leave no row when the deletion waits for the first event of the object", async () => {
    await whilePaused(async (resume) => {
      const storing = deliver(event(stored, 1, ON_INSERT));
      await untilWaiting(1);
      const removing = deliver(event(removed, 2));
      await untilWaiting(2);
      await resume();
      expect(await Promise.all([storing, removing])).toEqual([204, 204]);
    });
    expect(await ids(table)).toEqual([]);
  });

  it("leave the row of a later event that is being stored while the row is deleted", async () => {
    await deliver(event(stored, 1, { voiceId: null }));
    await whilePaused(async (resume) => {
      let storing: Promise<number> | undefined;
      let statements = 0;
      const interrupted = createSyncHandler({
        secret: EVENTS_SECRET,
        query: async (sql, values) => {
          statements += 1;
          if (statements === 2) {
            storing = deliver(event(stored, 3, ON_UPDATE));
            await untilWaiting(1);
          }
          return pool.query(sql, values);
        },
      });
      const removing = interrupted(message(event(removed, 2)));
      await untilWaiting(2);
      await resume();
      expect([(await removing).status, await storing]).toEqual([204, 204]);
    });
    expect(await ids(table)).toHaveLength(1);
  });

  it("leave the row of a later event that was stored before the row is deleted", async () => {
    await deliver(event(stored, 1, { voiceId: null }));
    let statements = 0;
    const interrupted = createSyncHandler({
      secret: EVENTS_SECRET,
      query: async (sql, values) => {
        statements += 1;
        if (statements === 2) await deliver(event(stored, 3, { voiceId: null }));
        return pool.query(sql, values);
      },
    });
    expect((await interrupted(message(event(removed, 2)))).status).toBe(204);
    expect(await ids(table)).toHaveLength(1);
  });

  it("leave no row when the deletion fails halfway and is repeated", async () => {
    await deliver(event(stored, 1, { voiceId: null }));
    let statements = 0;
    const failing = createSyncHandler({
      secret: EVENTS_SECRET,
      query: (sql, values) => {
        statements += 1;
        if (statements === 2) throw new Error("connection lost");
        return pool.query(sql, values);
      },
    });
    await expect(failing(message(event(removed, 2)))).rejects.toThrow("connection lost");
    expect((await failing(message(event(removed, 2)))).status).toBe(204);
    expect(await ids(table)).toEqual([]);
  });
});
