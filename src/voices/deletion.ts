// Deletes a voice: its row, then its object. When the object fails, the cron retries it. The core of the two entry points
// DELETE /api/voices/{voiceId} and DELETE /internal/voices/{voiceId}.
import type { Context } from "hono";
import { announceChangesOf } from "../events/background.ts";
import { type BaseEnv, readConfig } from "../platform/env.ts";
import { log } from "../platform/logger.ts";
import { deleteQueuedObjects } from "../platform/object-deletions.ts";
import { evictCustomVoice } from "../playback/row-cache.ts";
import { deleteVoiceRow } from "./queries.ts";

/** Deletes `orgId`'s own voice with that id. Returns false when it has none. */
export async function deleteVoiceWithObject<E extends BaseEnv>(
  c: Context<E>,
  id: string,
  orgId: string,
): Promise<boolean> {
  const { database, bucket } = c.var;
  const now = new Date();
  const deleted = await deleteVoiceRow(database, id, orgId, now, readConfig(c.env).events);
  if (!deleted) return false;
  announceChangesOf(c, [id]);
  evictCustomVoice(c.env, orgId, id);
  if (deleted.r2ObjectKey) {
    await deleteQueuedObjects(database, bucket, [deleted.r2ObjectKey], now).catch((cause: unknown) =>
      log.error("voice_object_deletion_failed", { voiceId: id, cause }),
    );
  }
  return true;
}
