// The entrypoint for service bindings, called by RPC as another Worker calls it.
import { exports } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { AudioIngest } from "../src/audio-ingest.ts";
import { call } from "./support/call.ts";
import { longWav } from "./support/uploads.ts";
import { newOrg } from "./support/world.ts";

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
    generation: { state: "failed", failure: "Out of memory" },
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

it("stores nothing of a stream that is shorter than was said", async () => {
  const [id, orgId] = [newId(), newOrg()];
  await ingest.beginGeneration(id, { orgId, voiceName: "Andy", text: "Hello" });
  const result = await ingest.storeAudio(id, streamOf(WAV), WAV.byteLength + 1);
  expect(result).toMatchObject({ ok: false });
  expect(await statusOf(`/api/audio/${id}`, orgId)).toBe(409);
  expect(await ingest.storeAudio(id, streamOf(WAV))).toMatchObject({ ok: true });
});
