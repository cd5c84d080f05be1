// POST /api/voices/create with recordings that only the analysis Worker can say something about, and what becomes of them
// when that Worker is absent, fails or does not answer.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ProbeResult } from "../../src/probe/probe.ts";
import { ANALYSIS_TIMEOUT_MS } from "../../src/recordings/analysis.ts";
import { bytesOf, call } from "../support/call.ts";
import { fixture, givenCustomer, NOTHING_STORED, resetPolar, storedCounts } from "../support/fixtures.ts";
import { givenBegunGeneration, putAudio } from "../support/ingest.ts";
import { ac3Wav } from "../support/uncounted-wav.ts";
import { upload } from "../support/uploads.ts";
import { dsdiff, dsf, matroska, monkeysAudio, musepack, wave } from "./claimed-recordings.ts";

const NOT_SUPPORTED = {
  error: "AC-3 in WAV recordings are not supported. Send WAV, MP3, M4A, FLAC, Ogg, WebM or AIFF instead.",
};
const never = () => new Promise<ProbeResult>(() => undefined);

afterEach(async () => {
  vi.restoreAllMocks();
  await resetPolar();
});

/** A service binding whose `claim` is replaced. */
const analysisOf = (claim: () => unknown) => ({ ANALYSIS: { claim: vi.fn(async () => claim()) } });

describe("a recording in a codec that nobody counts", () => {
  it("becomes a voice with the duration and the type that the analysis Worker read from R2", async () => {
    const orgId = await givenCustomer({ active: true });
    const recording = ac3Wav(12.3);
    const created = await upload(orgId, recording);
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    const row = await env.DB.prepare("select * from voices where id = ?").bind(id).first();
    expect(row).toMatchObject({ content_type: "audio/wav", size_bytes: recording.byteLength });
    expect(row?.duration_seconds).toBeCloseTo(12.3, 1);
    const played = await call(`/api/voices/${id}`, { as: orgId });
    expect(await bytesOf(played)).toEqual(recording);
  });

  it.each([
    ["Monkey's Audio", monkeysAudio(12, 150_000), "audio/x-ape"],
    ["Musepack", musepack([0xa0, 0xa6, 0x30], 60_000), "audio/x-musepack"],
    ["DSF", dsf(12, 12), "audio/x-dsf"],
    ["DSDIFF", dsdiff(12, 12), "audio/x-dff"],
    ["WavPack in Matroska", matroska("A_WAVPACK4", 12, 150_000), "audio/matroska"],
    ["DTS in extensible WAVE", wave(12, 150_000, { tag: 0xfffe, subFormat: 0x2001 }), "audio/wav"],
  ])("becomes a voice when it is %s, and is served with its own type", async (_, recording, contentType) => {
    const orgId = await givenCustomer({ active: true });
    const created = await upload(orgId, recording);
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    const played = await call(`/api/voices/${id}`, { as: orgId });
    expect(played.headers.get("Content-Type")).toBe(contentType);
    expect((await bytesOf(played)).length).toBe(recording.length);
  });

  it("is too short when it claims less than ten seconds", async () => {
    const orgId = await givenCustomer({ active: true });
    const refused = await upload(orgId, ac3Wav(9.5));
    expect(refused.status).toBe(422);
    expect(await refused.json()).toEqual({
      error: "Audio too short (9.5s). Minimum duration is 10 seconds.",
    });
  });

  it.each([
    ["is not bound", { ANALYSIS: undefined }],
    ["throws, as it does at its CPU or memory limit", analysisOf(() => Promise.reject(new Error("CPU")))],
    ["answers nothing", analysisOf(() => undefined)],
    ["refuses it", analysisOf(() => ({ kind: "unsupported", reason: "no", format: null }))],
  ])("is 422 and leaves nothing stored when the analysis Worker %s", async (_, bindings) => {
    const orgId = await givenCustomer({ active: true });
    const refused = await upload(orgId, ac3Wav(12.3), { env: bindings });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toEqual(NOT_SUPPORTED);
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
  });

  it("is 422 and leaves nothing stored when the analysis Worker does not answer in time", async () => {
    const setTimer = globalThis.setTimeout;
    vi.spyOn(globalThis, "setTimeout").mockImplementation(((handler: () => void, milliseconds: number) =>
      setTimer(handler, milliseconds === ANALYSIS_TIMEOUT_MS ? 10 : milliseconds)) as typeof setTimeout);
    const orgId = await givenCustomer({ active: true });
    const refused = await upload(orgId, ac3Wav(12.3), { env: analysisOf(never) });
    expect(refused.status).toBe(422);
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
  });
});

describe("the analysis Worker is not asked", () => {
  it.each([
    ["a recording that is counted", async () => fixture("speech.wav"), 201],
    ["a recording that is too short", async () => fixture("short.mp3"), 422],
    ["a truncated recording", async () => (await fixture("speech.wma")).slice(0, 60), 422],
    ["something that is no audio", async () => new TextEncoder().encode("no audio ".repeat(20)), 422],
  ])("about %s", async (_, recordingOf, status) => {
    const orgId = await givenCustomer({ active: true });
    const bindings = analysisOf(never);
    const response = await upload(orgId, await recordingOf(), { env: bindings });
    expect(response.status).toBe(status);
    expect(bindings.ANALYSIS.claim).not.toHaveBeenCalled();
  });

  it("about the audio of a generation, which must be a WAV that is counted", async () => {
    const bindings = analysisOf(never);
    const { id } = await givenBegunGeneration();
    const response = await putAudio(id, ac3Wav(12.3), { env: bindings });
    expect(response.status).toBe(422);
    expect(bindings.ANALYSIS.claim).not.toHaveBeenCalled();
  });
});
