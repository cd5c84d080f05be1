// Deletes generations: the rows, then the objects. When the objects fail, the cron retries them. The core of the entry
// points below /api and /internal.
import type { Context } from "hono";
import { announceChangesOf } from "../events/background.ts";
import { type BaseEnv, readConfig } from "../platform/env.ts";
import { log } from "../platform/logger.ts";
import { deleteQueuedObjects } from "../platform/object-deletions.ts";
import { evictGeneration } from "../playback/row-cache.ts";
import { deleteGenerationRows } from "./queries.ts";

/**
 * Deletes those of `orgId`'s generations that are named by `ids`. With `includesUnbegun`, none of the others begins
 * within a day. Returns the deleted ids.
 */
export async function deleteGenerationsWithObjects<E extends BaseEnv>(
  c: Context<E>,
  ids: string[],
  orgId: string,
  { includesUnbegun = false } = {},
): Promise<Set<string>> {
  const { database, bucket } = c.var;
  const now = new Date();
  const deletion = { ids, orgId, includesUnbegun };
  const deleted = await deleteGenerationRows(database, deletion, now, readConfig(c.env).events);
  for (const { id } of deleted) evictGeneration(c.env, orgId, id);
  const deletedIds = deleted.map(({ id }) => id);
  if (deleted.length > 0) {
    announceChangesOf(c, deletedIds);
    const keys = deleted.flatMap(({ r2ObjectKeys }) => r2ObjectKeys);
    await deleteQueuedObjects(database, bucket, keys, now).catch((cause: unknown) =>
      log.error("generation_object_deletion_failed", { objects: keys.length, cause }),
    );
  }
  return new Set(deletedIds);
}
