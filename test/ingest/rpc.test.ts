// The entrypoint for service bindings, called by RPC as another Worker calls it.
import { exports } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { AudioIngest } from "../../src/ingest/rpc.ts";
import { call } from "../support/call.ts";
import { newOrg } from "../support/fixtures.ts";
import { longWav } from "../support/uploads.ts";

const ingest = (exports as unknown as { AudioIngest: Service<typeof AudioIngest> }).AudioIngest;
const WAV = longWav(2);
const newId = () => crypto.randomUUID();

const statusOf = async (path: string, as: string) => {
  const response = await call(path, { as });
  await response.arrayBuffer();
  return response.status;
};

const streamOf = (bytes: Uint8Array<ArrayBuffer>) => new Response(bytes).body ?? new ReadableStream();

it.each([
  ["of declared size", WAV.byteLength],
  ["of any size", undefined],
])("takes a generation by RPC, its audio a stream %s, and each step twice", async (_what, sizeBytes) => {
  const [id, orgId] = [newId(), newOrg()];
  const begin = () => ingest.beginGeneration(id, { orgId, voiceName: "Andy", text: "Hello" });
  expect(await begin()).toMatchObject({ ok: true, generation: { id, state: "processing" } });
  expect(await begin()).toMatchObject({ ok: true });
  expect(await statusOf(`/api/audio/${id}`, orgId)).toBe(409);

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
  const played = await call(`/api/audio/${id}`, { as: orgId });
  expect(new Uint8Array(await played.arrayBuffer())).toEqual(WAV);
});

it("answers what cannot be done with status, code and words", async () => {
  const generation = { orgId: "no/org", voiceName: "Andy", text: "Hello" };
  expect(await ingest.beginGeneration(newId(), generation)).toEqual({
    ok: false,
    status: 400,
    code: "invalid_input",
    error: "Invalid input",
    issues: [expect.objectContaining({ path: ["orgId"] })],
    requestId: expect.any(String),
    retryAfter: undefined,
  });
  expect(await ingest.storeAudio(newId(), streamOf(WAV), WAV.byteLength)).toMatchObject({
    ok: false,
    status: 404,
    code: "generation_not_found",
  });
});

it.each(["", ".", "..", "a/b", "\ud800", "x".repeat(65)])(
  "answers the id %j, which can be none, like any other fault",
  async (id) => {
    const generation = { orgId: newOrg(), voiceName: "Andy", text: "Hello" };
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

it.each([-1, 1.5, Number.NaN])("takes a stream of %d bytes for one of unknown size", async (size) => {
  const id = newId();
  await ingest.beginGeneration(id, { orgId: newOrg(), voiceName: "Andy", text: "Hello" });
  expect(await ingest.storeAudio(id, streamOf(WAV), size)).toMatchObject({ ok: true });
});

it.each([-1000, 1, 1000])(
  "stores nothing of a stream that is not as long as was said (%i bytes off)",
  async (off) => {
    const [id, orgId] = [newId(), newOrg()];
    await ingest.beginGeneration(id, { orgId, voiceName: "Andy", text: "Hello" });
    const result = await ingest.storeAudio(id, streamOf(WAV), WAV.byteLength + off);
    expect(result).toMatchObject({ ok: false, code: "upload_interrupted" });
    expect(await statusOf(`/api/audio/${id}`, orgId)).toBe(409);
    expect(await ingest.storeAudio(id, streamOf(WAV))).toMatchObject({ ok: true });
  },
);
