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

/**
 * The response to `plan`. It is created with all its headers: adding one later copies the response, which is
 * measurable on this path.
 * @throws {ApiError} `precondition_failed`, `range_not_satisfiable`
 */
export function respondWithAudio(
  { audio, plan }: PlannedAudio<AudioVersion>,
  audioHeaders: AudioHeaders,
): Response {
  const headers: Record<string, string> = {
    ...SECURITY_HEADERS,
    ...audioHeaders,
    "Accept-Ranges": "bytes",
    Vary: VARY_ON_SESSION,
    ETag: audio.etag,
    "Last-Modified": audio.lastModified.toUTCString(),
  };
  switch (plan.kind) {
    case "whole":
      headers["Content-Length"] = String(audio.size);
      return new Response(audio.body, { headers });
    case "part": {
      const { offset, length } = plan.span;
      headers["Content-Length"] = String(length);
      headers["Content-Range"] = `bytes ${offset}-${offset + length - 1}/${audio.size}`;
      return new Response(audio.body, { status: 206, headers });
    }
    case "not-modified": {
      // RFC 9110 §15.4.5: a 304 carries the headers that guide caches, and no representation metadata beyond them.
      const { "Content-Type": _type, "Content-Disposition": _disposition, ...cacheHeaders } = headers;
      return new Response(null, { status: 304, headers: cacheHeaders });
    }
    case "precondition-failed":
      throw new ApiError("precondition_failed");
    case "range-not-satisfiable":
      throw new ApiError("range_not_satisfiable", { headers: { "Content-Range": `bytes */${audio.size}` } });
  }
}
