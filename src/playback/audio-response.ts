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
 * The headers of every response here, and `own`. Those that a route knows beforehand are joined once: a Response copies
 * the entries of a Headers faster than they are set.
 */
export function joinHeaders(own: Partial<AudioHeaders> = {}): Headers {
  return new Headers({ ...SECURITY_HEADERS, "Accept-Ranges": "bytes", Vary: VARY_ON_SESSION, ...own });
}

/**
 * The response to `plan`, with the headers `joined`, and those of `own` instead or besides.
 * @throws {ApiError} `precondition_failed`, `range_not_satisfiable`
 */
export function respondWithAudio(
  { audio, plan }: PlannedAudio<AudioVersion>,
  joined: Headers,
  own: Partial<AudioHeaders>,
): Response {
  const respond = (status: number, body: ReadableStream | null): Response => {
    const response = new Response(body, { status, headers: joined });
    const { headers } = response;
    for (const [name, value] of Object.entries(own)) headers.set(name, value);
    headers.set("ETag", audio.etag);
    headers.set("Last-Modified", new Date(audio.lastModified).toUTCString());
    return response;
  };
  switch (plan.kind) {
    case "whole": {
      const response = respond(200, audio.body);
      response.headers.set("Content-Length", String(audio.size));
      return response;
    }
    case "part": {
      const { offset, length } = plan.span;
      const response = respond(206, audio.body);
      response.headers.set("Content-Length", String(length));
      response.headers.set("Content-Range", `bytes ${offset}-${offset + length - 1}/${audio.size}`);
      return response;
    }
    case "not-modified": {
      // RFC 9110 §15.4.5: a 304 carries the headers that guide caches, and no representation metadata beyond them.
      const response = respond(304, null);
      response.headers.delete("Content-Type");
      response.headers.delete("Content-Disposition");
      return response;
    }
    case "precondition-failed":
      throw new ApiError("precondition_failed");
    case "range-not-satisfiable":
      throw new ApiError("range_not_satisfiable", { headers: { "Content-Range": `bytes */${audio.size}` } });
  }
}
