// POST /api/voices/create with recordings that are recognised and not counted: accepted by what they claim.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { bytesOf, call, statusOf } from "../support/call.ts";
import { givenCustomer, NOTHING_STORED, resetPolar, storedCounts } from "../support/fixtures.ts";
import { givenBegunGeneration, putAudio } from "../support/ingest.ts";
import { ac3Wav } from "../support/uncounted-wav.ts";
import { upload } from "../support/uploads.ts";
import { dsdiff, dsf, matroska, monkeysAudio, musepack, wave } from "./claimed-recordings.ts";

const NOT_SUPPORTED = {
  error:
    "Monkey's Audio (APE) recordings are not supported. Send WAV, MP3, M4A, FLAC, Ogg, WebM or AIFF instead.",
};

afterEach(resetPolar);

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

  it("is 422 by its name and leaves nothing stored when its claim is refused", async () => {
    const orgId = await givenCustomer({ active: true });
    const refused = await upload(orgId, monkeysAudio(0, 150_000));
    expect(refused.status).toBe(422);
    expect(await refused.json()).toEqual(NOT_SUPPORTED);
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
  });

  it("is 422 as the audio of a generation, which must be a WAV that is counted", async () => {
    const { id } = await givenBegunGeneration();
    expect(await statusOf(putAudio(id, ac3Wav(12.3)))).toBe(422);
  });
});
