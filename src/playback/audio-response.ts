// Builds the response that carries audio, or the status that replaces it.
import type { AudioVersion } from "../http/audio-response-plan.ts";
import { ApiError } from "../platform/errors.ts";
import { SECURITY_HEADERS, VARY_ON_SESSION } from "../platform/security-headers.ts";
import type { PlannedAudio } from "./open-audio.ts";

/**
 * The headers that depend on what is played, and by what. Content-Disposition only if a link asks for it: the front end
 * names its downloads itself.
 */
export interface AudioHeaders {
  "Content-Type": string;
  "Cache-Control": string;
  /** RFC 9211. */
  "Cache-Status": string;
  "Content-Disposition"?: string;
  "Cross-Origin-Resource-Policy"?: string;
}

/** Of every response here. A Response copies the entries of a Headers faster than the properties of an object. */
const COMMON_HEADERS = new Headers({
  ...SECURITY_HEADERS,
  "Accept-Ranges": "bytes",
  Vary: VARY_ON_SESSION,
});

/**
 * The response to `plan`.
 * @throws {ApiError} `precondition_failed`, `range_not_satisfiable`
 */
export function respondWithAudio(
  { audio, plan }: PlannedAudio<AudioVersion>,
  audioHeaders: AudioHeaders,
): Response {
  switch (plan.kind) {
    case "whole":
      return toResponse(200, audio.body, audio, { ...audioHeaders, "Content-Length": String(audio.size) });
    case "part": {
      const { offset, length } = plan.span;
      return toResponse(206, audio.body, audio, {
        ...audioHeaders,
        "Content-Length": String(length),
        "Content-Range": `bytes ${offset}-${offset + length - 1}/${audio.size}`,
      });
    }
    case "not-modified": {
      // RFC 9110 §15.4.5: a 304 carries the headers that guide caches, and no representation metadata beyond them.
      const { "Content-Type": _type, "Content-Disposition": _disposition, ...cacheHeaders } = audioHeaders;
      return toResponse(304, null, audio, cacheHeaders);
    }
    case "precondition-failed":
      throw new ApiError("precondition_failed");
    case "range-not-satisfiable":
      throw new ApiError("range_not_satisfiable", { headers: { "Content-Range": `bytes */${audio.size}` } });
  }
}

function toResponse(
  status: number,
  body: ReadableStream | null,
  { etag, lastModified }: AudioVersion,
  ownHeaders: Record<string, string>,
): Response {
  const response = new Response(body, { status, headers: COMMON_HEADERS });
  const { headers } = response;
  for (const [name, value] of Object.entries(ownHeaders)) headers.set(name, value);
  headers.set("ETag", etag);
  headers.set("Last-Modified", new Date(lastModified).toUTCString());
  return response;
}
