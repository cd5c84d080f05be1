// Opens the audio that a request asks for, and plans the response: which status and which bytes.
import type { HonoRequest } from "hono";
import {
  type AudioRequest,
  type AudioResponsePlan,
  type AudioVersion,
  planAudioResponse,
} from "../http/audio-response-plan.ts";
import { parseRange } from "../http/range.ts";
import { headAudio, openAudio, type StoredAudio } from "../platform/audio-store.ts";
import { ApiError, type ErrorCode } from "../platform/errors.ts";

/** An audio version, the response to the request, and the bytes that it sends. */
export interface PlannedAudio<Audio extends AudioVersion> {
  audio: Audio & { body: ReadableStream | null };
  plan: AudioResponsePlan;
}

export const readAudioRequest = (request: HonoRequest): AudioRequest => ({
  method: request.method === "HEAD" ? "HEAD" : "GET",
  conditions: {
    ifMatch: request.header("If-Match"),
    ifNoneMatch: request.header("If-None-Match"),
    ifModifiedSince: request.header("If-Modified-Since"),
    ifUnmodifiedSince: request.header("If-Unmodified-Since"),
    ifRange: request.header("If-Range"),
  },
  // RFC 9110 §14.2: Range applies to GET alone.
  range: request.method === "GET" ? parseRange(request.header("Range")) : null,
});

/**
 * Opens the R2 object at `key` as `request` asks, or returns null when it does not exist. Reads it once, and a second
 * time only when If-Range names another version than the current one.
 * @throws {ApiError} `unavailable` when R2 fails
 */
export async function openStored(
  bucket: R2Bucket,
  key: string,
  request: AudioRequest,
  unavailable: ErrorCode,
): Promise<PlannedAudio<StoredAudio> | null> {
  try {
    const audio = await (request.method === "HEAD"
      ? headAudio(bucket, key)
      : openAudio(bucket, key, request.range));
    if (!audio) return null;
    const plan = planAudioResponse(request, audio);
    if (plan.kind === "part" || (plan.kind === "whole" && !request.range)) return { audio, plan };
    await audio.body?.cancel();
    if (plan.kind !== "whole") return { audio, plan };
    const whole = await openAudio(bucket, key, null);
    return whole && { audio: whole, plan };
  } catch (cause) {
    throw new ApiError(unavailable, { cause });
  }
}
