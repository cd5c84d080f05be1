// Events in the outbox, and the cron that delivers them to the receiver of the tests.
import { env } from "cloudflare:workers";
import { EVENTS } from "../support/events.ts";
import { runCron } from "../support/fixtures.ts";
import { newId } from "../support/ingest.ts";

export const emptyOutbox = () =>
  env.DB.batch([
    env.DB.prepare("delete from change_events"),
    env.DB.prepare("delete from change_feed_pause"),
  ]);

export const cron = (minutesLater = 0, overrides: Partial<Env> = {}) =>
  runCron({ minutesLater, env: { ...EVENTS, ...overrides } as Partial<Env> });

/** `count` events of one object in the outbox, due now. Returns the object's id. */
export async function givenEvents(count = 1, objectId: string = newId()): Promise<string> {
  await env.DB.batch(insertEvents(objectId, count));
  return objectId;
}

/** `count` objects with `events` events each, due now. Returns their ids. */
export async function givenObjects(count: number, events = 1): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  if (count > 0) await env.DB.batch(ids.flatMap((id) => insertEvents(id, events)));
  return ids;
}

function insertEvents(objectId: string, count: number): D1PreparedStatement[] {
  const data = JSON.stringify({
    ...{ id: objectId, orgId: "org_a", name: "Voice", description: null, category: "GENERAL" },
    ...{ language: "en", variant: "CUSTOM", r2ObjectKey: "key", createdAt: 0, updatedAt: 0 },
  });
  const insert = env.DB.prepare(
    `insert into change_events (sequence, id, type, object_id, data, occurred_at, due_at)
     select max(coalesce((select max(sequence) from change_events), 0) + 1, ?), ?, 'voice.updated', ?, ?, ?, ?`,
  );
  return Array.from({ length: count }, () =>
    insert.bind(Date.now(), newId(), objectId, data, Date.now(), Date.now()),
  );
}

export const rowsOf = async (objectId: string) =>
  (
    await env.DB.prepare("select * from change_events where object_id = ? order by sequence")
      .bind(objectId)
      .all<Record<string, number | string | null>>()
  ).results;
export const firstRow = async (objectId: string) => (await rowsOf(objectId))[0];
