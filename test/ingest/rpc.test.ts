// The RPC entry point, called through a service binding as another Worker calls it.
import { env, exports } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { AudioIngest } from "../../src/ingest/rpc.ts";
import { bytesOf, call, statusOf } from "../support/call.ts";
import { newOrg } from "../support/fixtures.ts";
import { newId } from "../support/ingest.ts";
import { captureLog, requestLines } from "../support/log.ts";
import { streamOf } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";

const ingest = (exports as unknown as { AudioIngest: Service<typeof AudioIngest> }).AudioIngest;
const WAV = silentWav(2);
const INPUT = { voiceName: "Andy", text: "Hello" };

afterEach(() => vi.restoreAllMocks());

const playStatus = (id: string, as: string) => statusOf(call(`/api/audio/${id}`, { as }));

it.each([
  ["of declared size", WAV.byteLength],
  ["of unknown size", undefined],
])(
  "a generation is begun, failed and stored by RPC from a stream %s, and each step can be repeated",
  async (_what, sizeBytes) => {
    const [id, orgId] = [newId(), newOrg()];
    const begin = () => ingest.beginGeneration(id, { orgId, ...INPUT });
    expect(await begin()).toMatchObject({ ok: true, generation: { id, state: "processing" } });
    expect(await begin()).toMatchObject({ ok: true });
    expect(await playStatus(id, orgId)).toBe(409);

    expect(await ingest.failGeneration(id, "Out of memory")).toMatchObject({
      ok: true,
      generation: { state: "failed", failureReason: "Out of memory" },
    });
    for (const _time of [1, 2]) {
      expect(await ingest.storeAudio(id, streamOf(WAV), sizeBytes)).toMatchObject({
        ok: true,
        generation: { state: "ready", sizeBytes: WAV.byteLength, durationSeconds: 2 },
      });
    }
    expect(await bytesOf(call(`/api/audio/${id}`, { as: orgId }))).toEqual(WAV);
    // Its levels were measured behind the answer.
    const levels = () => env.DB.prepare("select silence_share from generations where id = ?").bind(id);
    await expect.poll(() => levels().first("silence_share")).toBe(1);
  },
);

it("an RPC call that fails returns a status, a code and a message", async () => {
  const generation = { orgId: "no/org", ...INPUT };
  expect(await ingest.beginGeneration(newId(), generation)).toEqual({
    ok: false,
    status: 400,
    code: "invalid_input",
    error: "Invalid input",
    issues: [expect.objectContaining({ path: ["orgId"] })],
    requestId: expect.any(String),
  });
  expect(await ingest.storeAudio(newId(), streamOf(WAV), WAV.byteLength)).toMatchObject({
    ok: false,
    status: 404,
    code: "generation_not_found",
  });
});

it.each(["", ".", "..", "a/b", "\ud800", "x".repeat(65)])(
  "an RPC call with the malformed id %j returns invalid_input",
  async (id) => {
    const generation = { orgId: newOrg(), ...INPUT };
    for (const result of [
      await ingest.beginGeneration(id, generation),
      await ingest.storeAudio(id, streamOf(WAV), WAV.byteLength),
      await ingest.failGeneration(id, "Out of memory"),
    ]) {
      expect(result).toMatchObject({
        ok: false,
        code: "invalid_input",
        issues: [{ path: ["generationId"] }],
      });
    }
  },
);

it.each([-1, 1.5, Number.NaN])(
  "an RPC call that declares %d bytes is treated as one of unknown size",
  async (size) => {
    const id = newId();
    await ingest.beginGeneration(id, { orgId: newOrg(), ...INPUT });
    expect(await ingest.storeAudio(id, streamOf(WAV), size)).toMatchObject({ ok: true });
  },
);

it.each([-1000, 1, 1000])(
  "a stream that differs from its declared size by %i bytes stores nothing, and can be sent again",
  async (difference) => {
    const [id, orgId] = [newId(), newOrg()];
    await ingest.beginGeneration(id, { orgId, ...INPUT });
    const result = await ingest.storeAudio(id, streamOf(WAV), WAV.byteLength + difference);
    expect(result).toMatchObject({ ok: false, code: "upload_interrupted" });
    expect(await playStatus(id, orgId)).toBe(409);
    expect(await ingest.storeAudio(id, streamOf(WAV))).toMatchObject({ ok: true });
  },
);

it.each([
  ["null", null, undefined, { status: 400, code: "empty_body" }],
  ["null with a size", null, 10, { status: 400, code: "empty_body" }],
  ["bytes", WAV, undefined, { status: 400, code: "invalid_input", issues: [{ path: ["audio"] }] }],
  ["text with a size", "RIFF", 4, { status: 400, code: "invalid_input", issues: [{ path: ["audio"] }] }],
])(
  "an RPC call with %s instead of a stream returns an error and does not throw",
  async (_what, audio, size, error) => {
    const id = newId();
    await ingest.beginGeneration(id, { orgId: newOrg(), ...INPUT });
    const result = await ingest.storeAudio(id, audio as unknown as ReadableStream, size);
    expect(result).toMatchObject({ ok: false, ...error });
  },
);

it("an RPC call while another upload is running returns when to retry", async () => {
  const id = newId();
  await ingest.beginGeneration(id, { orgId: newOrg(), ...INPUT });
  await env.DB.prepare("update generations set upload_lease_id = 'other', upload_leased_at = ? where id = ?")
    .bind(Date.now(), id)
    .run();
  expect(await ingest.storeAudio(id, streamOf(WAV))).toMatchObject({
    ok: false,
    status: 409,
    code: "generation_upload_in_progress",
    retryAfterSeconds: 5,
  });
});

it("a refused stream is cancelled, so that its sender does not wait", async () => {
  const cancelled = vi.fn();
  const endless = new ReadableStream({
    type: "bytes",
    pull: (controller) => controller.enqueue(new Uint8Array(1024)),
    cancel: cancelled,
  });
  expect(await ingest.storeAudio("..", endless)).toMatchObject({ ok: false, code: "invalid_input" });
  await vi.waitFor(() => expect(cancelled).toHaveBeenCalled());
});

describe("the log line of an RPC call", () => {
  it("has the method, the organisation, the size, the facts of the audio, the operations and the request id of the result", async () => {
    const [id, orgId] = [newId(), newOrg()];
    await ingest.beginGeneration(id, { orgId, ...INPUT });
    const lines = captureLog();
    await ingest.storeAudio(id, streamOf(WAV), WAV.byteLength);
    const refused = await ingest.storeAudio(id, streamOf(silentWav(1)), silentWav(1).byteLength);
    expect(requestLines(lines)).toEqual([
      expect.objectContaining({
        ...{ method: "RPC", route: "AudioIngest.storeAudio", status: 200, orgId, bytesIn: WAV.byteLength },
        audio: expect.objectContaining({ codec: "PCM", sampleRateHz: 44_100, bitrateBps: 705_776 }),
        d1: expect.objectContaining({ operations: 2 }),
        r2: expect.objectContaining({ operations: 1 }),
      }),
      expect.objectContaining({ status: 409, orgId, requestId: Reflect.get(refused, "requestId") }),
    ]);
  });

  it("of a refused recording comes after a line with the reason", async () => {
    const [id, orgId] = [newId(), newOrg()];
    await ingest.beginGeneration(id, { orgId, ...INPUT });
    const lines = captureLog();
    await ingest.storeAudio(id, streamOf(new TextEncoder().encode("no audio")));
    expect(lines).toEqual([
      expect.objectContaining({ event: "audio_not_wav", cause: "the container format is not recognised" }),
      expect.objectContaining({ event: "request", status: 422, orgId }),
    ]);
  });
});
