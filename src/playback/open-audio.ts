// Opens the audio that a request asks for, and plans the response: which status and which bytes.
import type { HonoRequest } from "hono";
import {
  type AudioRequest,
  type AudioResponsePlan,
  type AudioVersion,
  planAudioResponse,
} from "../http/audio-response-plan.ts";
import { parseRange, type RangeSpec } from "../http/range.ts";
import { headAudio, openAudio, type StoredAudio } from "../platform/audio-store.ts";
import { ApiError, type ErrorCode } from "../platform/errors.ts";

type Opened<Audio> = Audio & { body: ReadableStream | null };

/** Where an audio is read from. Null means that it does not exist there. */
interface AudioSource<Audio extends AudioVersion> {
  /** The current version without its bytes. */
  head: () => Promise<Audio | null>;
  /** The current version with the stream of `range`, or of the whole; without a stream for a range past the end. */
  open: (range: RangeSpec | null) => Promise<Opened<Audio> | null>;
}

/** An audio version, the response to the request, and the bytes that it sends. */
export interface PlannedAudio<Audio extends AudioVersion> {
  audio: Opened<Audio>;
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
 * Opens `source` as `request` asks, or returns null when the audio does not exist. Reads the source once, and a second
 * time only when If-Range names another version than the current one.
 */
async function openPlanned<Audio extends AudioVersion>(
  request: AudioRequest,
  source: AudioSource<Audio>,
): Promise<PlannedAudio<Audio> | null> {
  let audio = await (request.method === "HEAD" ? headOnly(source) : source.open(request.range));
  if (!audio) return null;
  const plan = planAudioResponse(request, audio);
  if (plan.kind === "whole" && request.range) {
    await audio.body?.cancel();
    audio = await source.open(null);
    return audio && { audio, plan };
  }
  if (plan.kind !== "whole" && plan.kind !== "part") await audio.body?.cancel();
  return { audio, plan };
}

async function headOnly<Audio extends AudioVersion>(
  source: AudioSource<Audio>,
): Promise<Opened<Audio> | null> {
  const audio = await source.head();
  return audio && { ...audio, body: null };
}

/**
 * Opens the R2 object at `key` as `request` asks, or returns null when it does not exist.
 * @throws {ApiError} `unavailable` when R2 fails
 */
export function openStored(
  bucket: R2Bucket,
  key: string,
  request: AudioRequest,
  unavailable: ErrorCode,
): Promise<PlannedAudio<StoredAudio> | null> {
  const toApiError = (cause: unknown) => {
    throw new ApiError(unavailable, { cause });
  };
  return openPlanned(request, {
    head: () => headAudio(bucket, key).catch(toApiError),
    open: (range) => openAudio(bucket, key, range).catch(toApiError),
  });
}
