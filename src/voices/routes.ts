// Voices in JSON: the list, one of it, and its end. Their audio has routes of its own.
import type { Context } from "hono";
import type { AppEnv } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { log } from "../platform/logger.ts";
import { removeVoice } from "../platform/object-deletions.ts";
import { toPage } from "../platform/pagination.ts";
import { removeObjects } from "../platform/remove-objects.ts";
import { findVoice, listVoices } from "./queries.ts";
import { toVoiceResource, type VoiceListQuery } from "./schema.ts";

type Listed = { out: { query: VoiceListQuery } };

/** GET /api/voices: the system voices and the organisation's own, by name. */
export async function getVoices(c: Context<AppEnv, "/api/voices", Listed>) {
  const query = c.req.valid("query");
  const rows = await listVoices(c.var.database, c.var.identity.orgId, query);
  return c.json(
    toPage(rows, query.limit, ({ name, id }) => [name, id], toVoiceResource),
    200,
  );
}

/** GET /api/voices/{voiceId}/metadata: what is known of one voice. */
export async function getVoice(c: Context<AppEnv, "/api/voices/:voiceId/metadata">) {
  const voice = await findVoice(c.var.database, c.req.param("voiceId"), c.var.identity.orgId);
  if (!voice) throw new ApiError("voice_not_found");
  return c.json(toVoiceResource(voice), 200);
}

/**
 * DELETE /api/voices/{voiceId}: one of the organisation's own voices goes, row first. Its object follows; should that
 * fail, the cron sees to it.
 */
export async function deleteVoice(c: Context<AppEnv, "/api/voices/:voiceId">) {
  const id = c.req.param("voiceId");
  const { database, bucket, identity, memory } = c.var;
  const removed = await removeVoice(database, id, identity.orgId, new Date());
  if (!removed) throw new ApiError("voice_not_found");
  memory.customVoices.delete(`${identity.orgId}/${id}`);
  if (removed.r2ObjectKey) {
    await removeObjects(database, bucket, [removed.r2ObjectKey]).catch((cause: unknown) =>
      log.error("voice_removal_failed", { voiceId: id, cause }),
    );
  }
  return c.body(null, 204);
}
