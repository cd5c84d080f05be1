// GET /api/voices/{voiceId}: the reference recording of a system voice, or of one of the organisation's own voices, also
// by a playback link.
import { runInBackground } from "../platform/background.ts";
import type { BaseEnv } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { createFactory } from "../platform/handlers.ts";
import { playbackAccess } from "./access.ts";
import { type AudioHeaders, joinHeaders, respondWithAudio } from "./audio-response.ts";
import { edgeUrlOf } from "./edge-cache.ts";
import { openFromEdge, startFill } from "./edge-voices.ts";
import { linkHeaders } from "./link-headers.ts";
import { openStored, readAudioRequest } from "./open-audio.ts";
import { findPlayableVoice, isReady, type PlayableVoice, type Ready } from "./queries.ts";
import { cachedCustomVoices, rowCacheKey } from "./row-cache.ts";
import { servedTypeOf } from "./served-type.ts";

const HEADERS = joinHeaders();

const customVoiceHeaders = (contentType: string): AudioHeaders => ({
  "Content-Type": contentType,
  "Cache-Control": "private, max-age=3600",
  "Cache-Status": "Resonance; fwd=bypass",
});

const systemVoiceHeaders = (contentType: string, cacheStatus: string): AudioHeaders => ({
  "Content-Type": contentType,
  "Cache-Control": "public, max-age=86400",
  "Cache-Status": `Resonance; ${cacheStatus}`,
});

/**
 * Finds the row (cached, or from D1), opens its object, and answers. A system voice is served from the edge cache when
 * it is there; otherwise the cache is filled in the background.
 */
export const getVoiceAudio = createFactory<BaseEnv, "/api/voices/:voiceId">().createHandlers(
  playbackAccess("voice", "voiceId"),
  async (c) => {
    const id = c.req.param("voiceId");
    // Not `c.var`, which copies every variable at each access.
    const [database, bucket, { orgId, link }] = [c.get("database"), c.get("bucket"), c.get("access")];
    const request = readAudioRequest(c.req);
    const edgeUrl = edgeUrlOf(c.req.url, id);
    const open = (key: string) => openStored(bucket, key, request, "voice_unavailable");
    const respond = (audio: Parameters<typeof respondWithAudio>[0], headers: AudioHeaders) =>
      respondWithAudio(audio, HEADERS, {
        ...headers,
        ...linkHeaders(link, headers["Content-Type"], Date.now()),
      });

    const rowCache = cachedCustomVoices(c.env);
    const cacheKey = rowCacheKey(orgId, id);
    const cachedRow = rowCache.get(cacheKey);
    if (cachedRow) {
      const cached = await open(cachedRow.r2ObjectKey);
      if (cached) {
        const type = servedTypeOf(cachedRow.contentType, cached.audio.storedContentType());
        return respond(cached, customVoiceHeaders(type));
      }
      // The object is gone: check whether the row was deleted, too.
      rowCache.delete(cacheKey);
    } else {
      const hit = await openFromEdge(c.env, edgeUrl, request);
      if (hit) return respond(hit, systemVoiceHeaders(hit.audio.contentType, "hit"));
    }

    const row = requireReadyVoice(await findPlayableVoice(database, id, orgId, "nearest"));
    const stored = await open(row.r2ObjectKey);
    if (!stored) {
      // The replica may not have received the deletion of the row yet.
      const current = await findPlayableVoice(database, id, orgId, "primary");
      if (!current) throw new ApiError("voice_not_found");
      throw new ApiError("voice_unavailable", { cause: "the object does not exist" });
    }
    const contentType = servedTypeOf(row.contentType, stored.audio.storedContentType());
    if (row.variant === "CUSTOM") {
      rowCache.set(cacheKey, row);
      return respond(stored, customVoiceHeaders(contentType));
    }

    const fill = startFill(c.env, bucket, edgeUrl, row.r2ObjectKey, { ...stored.audio, contentType });
    if (fill !== null) runInBackground(c, "edge_fill", fill);
    return respond(
      stored,
      systemVoiceHeaders(contentType, fill !== null ? "fwd=uri-miss; stored" : "fwd=uri-miss"),
    );
  },
);

/** @throws {ApiError} `voice_not_found`, `voice_not_ready` */
export function requireReadyVoice(row: PlayableVoice | null): Ready<PlayableVoice> {
  if (!row) throw new ApiError("voice_not_found");
  if (!isReady(row)) throw new ApiError("voice_not_ready");
  return row;
}
