// Voices as JSON, and their deletion. Their audio is served by playback/.
import { createFactory } from "hono/factory";
import { csrfProtection } from "../auth/csrf.ts";
import { session } from "../auth/session.ts";
import { type BaseEnv, hasLinks } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { log } from "../platform/logger.ts";
import { deleteQueuedObjects } from "../platform/object-deletions.ts";
import { paginate } from "../platform/pagination.ts";
import { validateQuery } from "../platform/validation.ts";
import { evictCustomVoice } from "../playback/row-cache.ts";
import { deleteVoiceRow, findVoice, listVoices } from "./queries.ts";
import { toVoiceResource, voiceListQuery } from "./schema.ts";

/** GET /api/voices: the system voices and the organisation's own, by name. */
export const getVoices = createFactory<BaseEnv>().createHandlers(
  session,
  validateQuery(voiceListQuery),
  async (c) => {
    const query = c.req.valid("query");
    const rows = await listVoices(c.var.database, c.var.identity.orgId, query);
    return c.json(
      paginate(
        rows,
        query.limit,
        ({ name, id }) => [name, id],
        (row) => toVoiceResource(row, hasLinks(c.env)),
      ),
      200,
    );
  },
);

/** GET /api/voices/{voiceId}/metadata. */
export const getVoice = createFactory<BaseEnv, "/api/voices/:voiceId/metadata">().createHandlers(
  session,
  async (c) => {
    const voice = await findVoice(c.var.database, c.req.param("voiceId"), c.var.identity.orgId);
    if (!voice) throw new ApiError("voice_not_found");
    return c.json(toVoiceResource(voice, hasLinks(c.env)), 200);
  },
);

/** DELETE /api/voices/{voiceId}: deletes the row, then the object. When the object fails, the cron retries it. */
export const deleteVoice = createFactory<BaseEnv, "/api/voices/:voiceId">().createHandlers(
  session,
  csrfProtection,
  async (c) => {
    const id = c.req.param("voiceId");
    const { database, bucket, identity } = c.var;
    const deleted = await deleteVoiceRow(database, id, identity.orgId, new Date());
    if (!deleted) throw new ApiError("voice_not_found");
    evictCustomVoice(c.env, identity.orgId, id);
    if (deleted.r2ObjectKey) {
      await deleteQueuedObjects(database, bucket, [deleted.r2ObjectKey]).catch((cause: unknown) =>
        log.error("voice_object_deletion_failed", { voiceId: id, cause }),
      );
    }
    return c.body(null, 204);
  },
);
