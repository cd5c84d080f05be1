// What a backend that makes generations sends.
import { type Call, call } from "./call.ts";

export const INGEST_SECRET = "a-secret-of-the-tests-of-some-length";

export const newGeneration = (orgId: string, more: Record<string, unknown> = {}) => ({
  orgId,
  voiceName: "Andy",
  text: "Hello there",
  ...more,
});

/** A request by whoever holds the secret. */
export function ingest(path: string, { headers, env, ...init }: Call = {}): Promise<Response> {
  const all = new Headers(headers);
  if (!all.has("Authorization")) all.set("Authorization", `Bearer ${INGEST_SECRET}`);
  return call(`/internal/generations/${path}`, {
    method: "PUT",
    headers: all,
    env: { INGEST_SECRET, ...env },
    ...init,
  });
}

export const putJson = (path: string, value: unknown, { headers, ...more }: Call = {}) =>
  ingest(path, {
    body: JSON.stringify(value),
    headers: { "Content-Type": "application/json", ...headers },
    ...more,
  });

/** Sends `audio` with its length declared. */
export const putAudio = (id: string, audio: Uint8Array | ArrayBuffer | ReadableStream, more: Call = {}) =>
  ingest(`${id}/audio`, {
    body: audio as BodyInit,
    ...("byteLength" in audio && { headers: { "Content-Length": String(audio.byteLength) } }),
    ...more,
  });
