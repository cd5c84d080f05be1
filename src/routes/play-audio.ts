// The one answer that carries audio: an object's stream under headers that the service chose.
import type { Context } from "hono";

interface Delivery {
  contentType: string;
  cacheControl: string;
}

/** Streams `audio` as a 200. No Content-Disposition: it would override the front end's own download names. */
export function playAudio(
  c: Context,
  audio: R2ObjectBody,
  { contentType, cacheControl }: Delivery,
): Response {
  return c.body(audio.body, 200, {
    "Content-Type": contentType,
    "Content-Length": String(audio.size),
    "Cache-Control": cacheControl,
    ETag: audio.httpEtag,
  });
}
