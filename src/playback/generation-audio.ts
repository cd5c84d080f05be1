// GET /api/audio/{generationId}: the audio of a generation, for its own organisation or by a playback link.
import { generationKey } from "../platform/audio-store.ts";
import type { BaseEnv } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { createFactory } from "../platform/handlers.ts";
import { isPlainId } from "../platform/ids.ts";
import { playbackAccess } from "./access.ts";
import { joinHeaders, respondWithAudio } from "./audio-response.ts";
import { linkHeaders } from "./link-headers.ts";
import { openStored, readAudioRequest } from "./open-audio.ts";
import { findPlayableGeneration, isReady, type PlayableGeneration, type Ready } from "./queries.ts";
import { cachedGenerations, rowCacheKey } from "./row-cache.ts";

const CONTENT_TYPE = "audio/wav";
const HEADERS = joinHeaders({
  "Content-Type": CONTENT_TYPE,
  "Cache-Control": "private, max-age=3600",
  "Cache-Status": "Resonance; fwd=bypass",
});

/**
 * Finds the row (cached, or from D1), opens its object, and answers. The key of a stored generation follows from its
 * id and organisation, so the object is opened while D1 is queried; it is sent only when the row confirms it.
 */
export const getGenerationAudio = createFactory<BaseEnv, "/api/audio/:generationId">({
  logs: false,
}).createHandlers(playbackAccess("generation", "generationId"), async (c) => {
  const id = c.req.param("generationId");
  // Not `c.var`, which copies every variable at each access.
  const [database, bucket, { orgId, link }] = [c.get("database"), c.get("bucket"), c.get("access")];
  const request = readAudioRequest(c.req);
  const open = (key: string) => openStored(bucket, key, request, "generation_unavailable");
  const respond = (audio: Parameters<typeof respondWithAudio>[0]) =>
    respondWithAudio(audio, HEADERS, linkHeaders(link, CONTENT_TYPE, Date.now()));

  const rowCache = cachedGenerations(c.env);
  const cacheKey = rowCacheKey(orgId, id);
  const cachedRow = rowCache.get(cacheKey);
  if (cachedRow) {
    const audio = await open(cachedRow.r2ObjectKey);
    if (audio) return respond(audio);
    // The object is gone: check whether the row was deleted, too.
    rowCache.delete(cacheKey);
  }

  const expectedKey = isPlainId(id) ? generationKey(orgId, id) : undefined;
  const [found, speculative] = await Promise.allSettled([
    findPlayableGeneration(database, id, orgId, "nearest"),
    expectedKey === undefined ? null : open(expectedKey),
  ]);
  const isConfirmed =
    expectedKey !== undefined && found.status === "fulfilled" && found.value?.r2ObjectKey === expectedKey;
  if (!isConfirmed) await discard(speculative);
  if (found.status === "rejected") throw found.reason;
  const row = requireReadyGeneration(found.value);

  // An object that was missing a moment ago can have been stored just before its row was read.
  const audio = (isConfirmed && requireValue(speculative)) || (await open(row.r2ObjectKey));
  if (!audio) {
    // The replica may not have received the deletion of the row yet.
    const current = await findPlayableGeneration(database, id, orgId, "primary");
    if (!current) throw new ApiError("generation_not_found");
    throw new ApiError("generation_unavailable", { cause: "the object does not exist" });
  }
  rowCache.set(cacheKey, row);
  return respond(audio);
});

/** @throws {ApiError} `generation_not_found`, `generation_failed`, `generation_not_ready` */
export function requireReadyGeneration(row: PlayableGeneration | null): Ready<PlayableGeneration> {
  if (!row) throw new ApiError("generation_not_found");
  if (!isReady(row)) throw new ApiError(row.hasFailed ? "generation_failed" : "generation_not_ready");
  return row;
}

async function discard(outcome: PromiseSettledResult<{ audio: { body: ReadableStream | null } } | null>) {
  if (outcome.status === "fulfilled") await outcome.value?.audio.body?.cancel();
}

function requireValue<T>(outcome: PromiseSettledResult<T>): T {
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}
