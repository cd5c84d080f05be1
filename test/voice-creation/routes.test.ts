// POST /api/voices/create: the voices that it creates.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { acquireChunkedUploadSlot } from "../../src/recordings/chunked-uploads.ts";
import { failing, withMethods } from "../support/bindings.ts";
import { bytesOf, call, newIsolate } from "../support/call.ts";
import {
  fixture,
  givenCustomer,
  meteredEvents,
  NOTHING_STORED,
  resetPolar,
  storedCounts,
} from "../support/fixtures.ts";
import { itRejectsUnauthenticated } from "../support/unauthenticated.ts";
import { streamOf, upload, VALID_QUERY } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";

afterEach(resetPolar);

/** Whether `isolate` would accept another upload of `orgId` without a Content-Length. */
function hasFreeSlot(isolate: Env, orgId: string): boolean {
  const release = acquireChunkedUploadSlot(isolate, { pool: "creation", orgId });
  release?.();
  return release !== null;
}

describe("POST /api/voices/create", () => {
  itRejectsUnauthenticated("/api/voices/create?name=x&category=GENERAL&language=en", {
    method: "POST",
    body: "audio",
  });

  it.each([
    ["speech.wav", "audio/wav", "PCM", 13.5],
    ["speech.mp3", "audio/mpeg", "MP3", 13.5],
    ["speech.m4a", "audio/mp4", "AAC", 13.5],
    ["speech.ogg", "audio/ogg", "Opus", 13.5],
    ["speech.flac", "audio/flac", "FLAC", 13.5],
    ["speech.webm", "audio/webm", "Opus", 13.5],
    ["speech.mka", "audio/matroska", "Opus", 13.5],
    ["vorbis.ogg", "audio/ogg", "Vorbis", 13.5],
    ["speech.aiff", "audio/aiff", "PCM", 13.5],
    ["speech.wma", "audio/x-ms-wma", "WMA 2", 13.5],
    ["mediarecorder.webm", "audio/webm", "Opus", 10.9],
    ["mediarecorder.mp4", "audio/mp4", "Opus", 10.9],
    ["speech.wv", "audio/x-wavpack", "WavPack", 13.5],
  ])(
    "creates a voice from %s with its row, object and event, and serves it byte for byte",
    async (file, contentType, codec, seconds) => {
      const orgId = await givenCustomer({ active: true });
      const recording = await fixture(file);
      const query = { ...VALID_QUERY, name: "  Grandma  ", description: " Warm & slow " };
      const created = await upload(orgId, recording, { query, headers: { "Content-Type": contentType } });
      expect(created.status).toBe(201);
      const { id, ...answer } = (await created.json()) as Record<string, string>;
      expect(answer).toEqual({ name: "Grandma", message: "Voice created successfully" });
      expect(created.headers.get("Location")).toBe(`/api/voices/${id}`);

      const row = await env.DB.prepare("select * from voices where id = ?").bind(id).first();
      expect(row).toMatchObject({
        org_id: orgId,
        name: "Grandma",
        description: "Warm & slow",
        category: "GENERAL",
        language: "en-US",
        variant: "CUSTOM",
        r2_object_key: `voices/orgs/${orgId}/${id}`,
        content_type: contentType,
        size_bytes: recording.byteLength,
        codec,
      });
      expect(row?.duration_seconds).toBeCloseTo(seconds, 1);

      const played = await call(`/api/voices/${id}`, { as: orgId });
      expect(played.headers.get("Content-Type")).toBe(contentType);
      expect(await bytesOf(played)).toEqual(new Uint8Array(recording));

      const [event, ...more] = await meteredEvents(orgId);
      expect(more).toEqual([]);
      expect(event).toMatchObject({ name: "voice_creation", external_id: id, duplicates: 0 });
      expect(Date.parse(String(event?.timestamp))).toBe(row?.created_at);
    },
  );

  it("serves a WAV that was uploaded as text/html as audio/wav, and stores no Content-Type", async () => {
    const orgId = await givenCustomer({ active: true });
    const created = await upload(orgId, await fixture("speech.wav"), {
      headers: { "Content-Type": "text/html" },
    });
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    const played = await call(`/api/voices/${id}`, { as: orgId });
    expect(played.headers.get("Content-Type")).toBe("audio/wav");
    await played.arrayBuffer();
    const stored = await env.AUDIO.head(`voices/orgs/${orgId}/${id}`);
    expect(stored?.httpMetadata?.contentType).toBeUndefined();
  });

  it("creates a voice from a recording without a Content-Length", async () => {
    const orgId = await givenCustomer({ active: true });
    expect((await upload(orgId, streamOf(await fixture("speech.mp3")))).status).toBe(201);
  });

  describe("a multipart recording without a Content-Length", () => {
    const recording = silentWav(140);
    const chunked = () => streamOf(recording);

    it("is stored byte for byte, and can be replayed with a Content-Length", async () => {
      const orgId = await givenCustomer({ active: true });
      const headers = { "Content-Type": "audio/wav", "Idempotency-Key": "parts" };
      const created = await upload(orgId, chunked(), { headers });
      expect(created.status).toBe(201);
      const { id } = (await created.json()) as { id: string };
      const played = await call(`/api/voices/${id}`, { as: orgId });
      const bytes = await bytesOf(played);
      expect(bytes.length).toBe(recording.length);
      expect(bytes.every((byte, at) => byte === recording[at])).toBe(true);
      expect((await upload(orgId, recording, { headers })).headers.get("Idempotent-Replayed")).toBe("true");
    });

    it.each([
      ["a part cannot be stored", "uploadPart"],
      ["the parts cannot be put together", "complete"],
    ] as const)("is 500 and leaves nothing stored when %s", async (_fact, method) => {
      const orgId = await givenCustomer({ active: true });
      let aborted = 0;
      const createMultipartUpload = async (key: string) => {
        const parts = await env.AUDIO.createMultipartUpload(key);
        const abort = () => {
          aborted += 1;
          return parts.abort();
        };
        return failing(withMethods(parts, { abort }), method);
      };
      const AUDIO = withMethods(env.AUDIO, { createMultipartUpload });
      expect((await upload(orgId, chunked(), { env: { AUDIO } })).status).toBe(500);
      expect(aborted).toBe(1);
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it("is 503 with Retry-After while two others of the organisation are being uploaded, and is accepted afterwards", {
      timeout: 30_000,
    }, async () => {
      const [orgId, other] = [await givenCustomer({ active: true }), await givenCustomer({ active: true })];
      const isolate = newIsolate();
      const stalled = Array.from({ length: 2 }, () => new IdentityTransformStream());
      const running = stalled.map(({ readable }) => upload(orgId, readable, { isolate }));
      await expect.poll(() => hasFreeSlot(isolate, orgId)).toBe(false);
      const rejected = await upload(orgId, chunked(), { isolate });
      expect(rejected.status).toBe(503);
      expect(rejected.headers.get("Retry-After")).toBe("10");
      expect((await upload(orgId, recording, { isolate })).status).toBe(201);
      expect((await upload(other, chunked(), { isolate })).status).toBe(201);
      await Promise.all(stalled.map(({ writable }) => writable.close()));
      for (const response of await Promise.all(running)) expect(response.status).toBe(400);
      expect((await upload(orgId, chunked(), { isolate })).status).toBe(201);
    });
  });
});
