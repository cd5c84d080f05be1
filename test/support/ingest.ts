// Requests to the internal API, as a speech backend sends them.
import { expect } from "vitest";
import { type Call, call, statusOf } from "./call.ts";
import { newOrg } from "./fixtures.ts";

export const INGEST_SECRET = "a-secret-of-the-tests-of-some-length";

export const newId = () => crypto.randomUUID();

/** The body that begins a generation of `orgId`. */
export const newGeneration = (orgId: string, more: Record<string, unknown> = {}) => ({
  orgId,
  voiceName: "Andy",
  text: "Hello there",
  ...more,
});

/** A PUT with the ingest secret. */
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

/** Stores `audio`. Sets Content-Length unless the audio is a stream. */
export const putAudio = (id: string, audio: Uint8Array | ArrayBuffer | ReadableStream, more: Call = {}) =>
  ingest(`${id}/audio`, {
    body: audio as BodyInit,
    ...("byteLength" in audio && { headers: { "Content-Length": String(audio.byteLength) } }),
    ...more,
  });

/** A generation that a backend has begun, for a new organisation. */
export async function givenBegunGeneration(more: Record<string, unknown> = {}) {
  const [id, orgId] = [newId(), newOrg()];
  expect(await statusOf(putJson(id, newGeneration(orgId, more)))).toBe(201);
  return { id, orgId };
}
