// Voices as JSON, their update and their deletion. Their audio is served by playback/.
import { csrfProtection } from "../auth/csrf.ts";
import { session } from "../auth/session.ts";
import { announceChangesOf } from "../events/background.ts";
import { type BaseEnv, hasLinks, readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { createFactory } from "../platform/handlers.ts";
import { matchesLanguageRange } from "../platform/language-tag.ts";
import { paginate } from "../platform/pagination.ts";
import { limitJsonBody, requireJson, validateJson, validateQuery } from "../platform/validation.ts";
import { deleteVoiceWithObject } from "./deletion.ts";
import { findVoice, listVoices, updateVoiceRow } from "./queries.ts";
import { toVoiceResource, type VoiceColumns, voiceListQuery, voiceUpdate } from "./schema.ts";
import { searchVoices } from "./search.ts";

/** GET /api/voices: the system voices and the organisation's own, by name or the newest first, or those that match. */
export const getVoices = createFactory<BaseEnv>().createHandlers(
  session,
  validateQuery(voiceListQuery),
  async (c) => {
    const { search, sort = "name", ...filters } = c.req.valid("query");
    if (search) return c.json(await searchVoices(c, filters, search), 200);
    const query = { ...filters, sort };
    const rows = await listVoices(c.var.database, c.var.identity.orgId, query);
    const sortedBy = ({ name, createdAt }: VoiceColumns) =>
      query.sort === "name" ? name : createdAt.getTime();
    const toItem = (row: VoiceColumns) => toVoiceResource(row, hasLinks(c.env));
    const isItem = ({ language }: VoiceColumns) => matchesLanguageRange(language, query.language);
    return c.json(paginate(rows, query, sortedBy, toItem, isItem), 200);
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

/** PATCH /api/voices/{voiceId}: changes what a user says of a voice. Playback remembers nothing of that. */
export const patchVoice = createFactory<BaseEnv, "/api/voices/:voiceId">().createHandlers(
  session,
  csrfProtection,
  limitJsonBody,
  requireJson,
  validateJson(voiceUpdate),
  async (c) => {
    const { database, identity } = c.var;
    const id = c.req.param("voiceId");
    const { events } = readConfig(c.env);
    const voice = await updateVoiceRow(database, id, identity.orgId, c.req.valid("json"), events);
    if (!voice) throw new ApiError("voice_not_found");
    announceChangesOf(c, [id]);
    return c.json(toVoiceResource(voice, hasLinks(c.env)), 200);
  },
);

/** DELETE /api/voices/{voiceId}. */
export const deleteVoice = createFactory<BaseEnv, "/api/voices/:voiceId">().createHandlers(
  session,
  csrfProtection,
  async (c) => {
    const isDeleted = await deleteVoiceWithObject(c, c.req.param("voiceId"), c.var.identity.orgId);
    if (!isDeleted) throw new ApiError("voice_not_found");
    return c.body(null, 204);
  },
);
