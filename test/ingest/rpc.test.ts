// The RPC entry point, called through a service binding as another Worker calls it.
import { exports } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { AudioIngest } from "../../src/ingest/rpc.ts";
import { bytesOf, call, statusOf } from "../support/call.ts";
import { newOrg } from "../support/fixtures.ts";
import { newId } from "../support/ingest.ts";
import { streamOf } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";

const ingest = (exports as unknown as { AudioIngest: Service<typeof AudioIngest> }).AudioIngest;
const WAV = silentWav(2);
const INPUT = { voiceName: "Andy", text: "Hello" };

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
    retryAfter: undefined,
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
