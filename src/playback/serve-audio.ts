// The one answer that carries audio: an object in full or in part, or why neither, under headers of our choosing.
import type { Context } from "hono";
import {
  type AudioRequest,
  type AudioVersion,
  type Delivery,
  decideDelivery,
} from "../http/audio-response-plan.ts";
import { parseRange, type RangeSpec } from "../http/range.ts";
import { ApiError } from "../platform/errors.ts";
import { SECURITY_HEADERS } from "../platform/security-headers.ts";

type Opened<Audio> = Audio & { body: ReadableStream | null };

/** Where an audio is read from. Null stands for an audio that is not there. */
export interface AudioSource<Audio extends AudioVersion> {
  /** The current version, without its bytes. */
  describe: () => Promise<Audio | null>;
  /** The current version with the stream of `range`, or of the whole; without a stream for a range past the end. */
  open: (range: RangeSpec | null) => Promise<Opened<Audio> | null>;
}

/** The headers that depend on what is played. No Content-Disposition: the front end names its own downloads. */
export interface Presentation {
  "Content-Type": string;
  "Cache-Control": string;
  "Cache-Status": string;
}

/**
 * Answers a GET or HEAD from `source`, or with null when the audio is not there. Takes one read of the source,
 * and a second one only when If-Range named another version than the one there is.
 */
export async function playAudio<Audio extends AudioVersion>(
  c: Context,
  source: AudioSource<Audio>,
  present: (audio: Audio) => Presentation,
): Promise<Response | null> {
  const asked = readAudioRequest(c);
  let audio = await (c.req.method === "HEAD" ? describeOnly(source) : source.open(asked.range));
  if (!audio) return null;

  const delivery = decideDelivery(asked, audio);
  if (delivery.kind === "whole" && asked.range) {
    await audio.body?.cancel();
    audio = await source.open(null);
    if (!audio) return null;
  } else if (delivery.kind !== "whole" && delivery.kind !== "part") {
    await audio.body?.cancel();
  }
  return write(delivery, audio, present(audio));
}

async function describeOnly<Audio extends AudioVersion>(source: AudioSource<Audio>) {
  const audio = await source.describe();
  return audio && { ...audio, body: null };
}

function readAudioRequest(c: Context): AudioRequest {
  return {
    conditions: {
      ifMatch: c.req.header("If-Match"),
      ifNoneMatch: c.req.header("If-None-Match"),
      ifModifiedSince: c.req.header("If-Modified-Since"),
      ifUnmodifiedSince: c.req.header("If-Unmodified-Since"),
      ifRange: c.req.header("If-Range"),
    },
    // RFC 9110 §14.2: Range means something to GET alone.
    range: c.req.method === "GET" ? parseRange(c.req.header("Range")) : null,
  };
}

// Each answer is made with all its headers at once: on the hottest path, adding one later is a copy of it.
function write(delivery: Delivery, audio: Opened<AudioVersion>, presentation: Presentation): Response {
  const validators = { ETag: audio.etag, "Last-Modified": audio.lastModified.toUTCString() };
  const headers = { ...presentation, ...validators, "Accept-Ranges": "bytes", ...SECURITY_HEADERS };
  switch (delivery.kind) {
    case "whole":
      return new Response(audio.body, { headers: { ...headers, "Content-Length": String(audio.size) } });
    case "part": {
      const { offset, length } = delivery.span;
      const range = {
        "Content-Length": String(length),
        "Content-Range": `bytes ${offset}-${offset + length - 1}/${audio.size}`,
      };
      return new Response(audio.body, { status: 206, headers: { ...headers, ...range } });
    }
    case "not-modified": {
      // RFC 9110 §15.4.5: the metadata of a 200 that guides caches, and no other.
      const { "Content-Type": _, ...metadata } = headers;
      return new Response(null, { status: 304, headers: metadata });
    }
    case "precondition-failed":
      throw new ApiError("precondition_failed");
    case "range-not-satisfiable":
      throw new ApiError("range_not_satisfiable", { headers: { "Content-Range": `bytes */${audio.size}` } });
  }
}
