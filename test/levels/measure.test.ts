// Levels that are measured behind the answer to an upload.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { call, statusOf } from "../support/call.ts";
import { fixture, givenCustomer, resetPolar } from "../support/fixtures.ts";
import { givenBegunGeneration, putAudio } from "../support/ingest.ts";
import { upload } from "../support/uploads.ts";
import { encodeWav } from "../support/wav.ts";
import { analysisOf, HALF_SILENT, halfSilentWav, notMeasuring, peaksOf } from "./measured-audio.ts";

afterEach(resetPolar);

describe("a new voice", () => {
  it("is measured behind the answer", async () => {
    const orgId = await givenCustomer({ active: true });
    const created = await upload(orgId, halfSilentWav(12));
    const { id } = (await created.json()) as { id: string };
    const bindings = analysisOf(() => ({ kind: "missing" }));
    const response = await call(`/api/voices/${id}/peaks`, { as: orgId, env: bindings });
    expect(await peaksOf(response)).toMatchObject({ ...HALF_SILENT, durationSeconds: 12 });
    expect(bindings.ANALYSIS.levels).not.toHaveBeenCalled();
  });

  it("is created when measuring fails, and its failure is logged", async () => {
    const orgId = await givenCustomer({ active: true });
    const bindings = analysisOf(() => Promise.reject(new Error("no memory left")));
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    expect(await statusOf(upload(orgId, halfSilentWav(12), { env: bindings }))).toBe(201);
    expect(logged.mock.calls.flat().join()).toContain("voice_levels_failed");
    logged.mockRestore();
  });

  it("is not measured when it is compressed", async () => {
    const orgId = await givenCustomer({ active: true });
    const bindings = analysisOf(() => ({ kind: "not-pcm" }));
    expect(await statusOf(upload(orgId, await fixture("speech.mp3"), { env: bindings }))).toBe(201);
    expect(bindings.ANALYSIS.levels).not.toHaveBeenCalled();
  });
});

describe("a stored generation", () => {
  it("is measured behind the answer to HTTP", async () => {
    const { id, orgId } = await givenBegunGeneration();
    expect(await statusOf(putAudio(id, halfSilentWav(2)))).toBe(200);
    const response = await call(`/api/audio/${id}/peaks`, { as: orgId, env: notMeasuring });
    expect(await peaksOf(response)).toMatchObject({ ...HALF_SILENT, durationSeconds: 2 });
  });

  it("has the levels of the audio that was restored, and not of the object that it replaced", async () => {
    const { id, orgId } = await givenBegunGeneration();
    const audio = halfSilentWav(2);
    expect(await statusOf(putAudio(id, audio, { env: notMeasuring }))).toBe(200);
    await env.AUDIO.put(`generations/orgs/${orgId}/${id}`, encodeWav(new Uint8Array(8000)));
    const url = `/api/audio/${id}/peaks`;
    expect(await peaksOf(await call(url, { as: orgId }))).toMatchObject({ peakLevel: 0 });
    expect(await statusOf(putAudio(id, audio))).toBe(200);
    expect(await peaksOf(await call(url, { as: orgId }))).toMatchObject(HALF_SILENT);
  });

  it("is stored when measuring fails, and its failure is logged", async () => {
    const { id } = await givenBegunGeneration();
    const bindings = analysisOf(() => Promise.reject(new Error("no memory left")));
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    expect(await statusOf(putAudio(id, halfSilentWav(2), { env: bindings }))).toBe(200);
    expect(logged.mock.calls.flat().join()).toContain("generation_levels_failed");
    logged.mockRestore();
  });
});
