// Storing the audio of a generation over the internal API: repeats, rejections and failures.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { acquireChunkedUploadSlot } from "../../src/recordings/chunked-uploads.ts";
import { notMeasuring } from "../levels/measured-audio.ts";
import { failing, failingQueries, withMethods } from "../support/bindings.ts";
import { bytesOf, newCountingIsolate, newIsolate, statusOf } from "../support/call.ts";
import { AUDIO_TEXT, fixture, givenGeneration, newOrg } from "../support/fixtures.ts";
import { getAudio, givenBegunGeneration, INGEST_SECRET, ingest, newId, putAudio } from "../support/ingest.ts";
import { brokenOff, streamOf } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";

const WAV = silentWav(2);
const OTHER_WAV = silentWav(3);
const keyOf = (orgId: string, id: string) => `generations/orgs/${orgId}/${id}`;

describe("storing the audio of a generation", () => {
  it("again with the same audio is 200 and changes nothing; with other audio it is 409", async () => {
    const { id, orgId } = await givenBegunGeneration();
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(await statusOf(putAudio(id, streamOf(WAV)))).toBe(200);
    const other = await putAudio(id, OTHER_WAV);
    expect([other.status, await other.json()]).toEqual([
      409,
      { error: "This generation already has different audio" },
    ]);
    expect(await bytesOf(getAudio(id, orgId))).toEqual(WAV);
  });

  it("keeps the facts of the audio, and no fact or level of an earlier one", async () => {
    const { id } = await givenBegunGeneration();
    await env.DB.prepare(
      `update generations set codec = 'Opus', sample_rate_hz = 48000, channels = 2, bits_per_sample = 24,
        peak_level = 0.9, clipped_share = 0.1, silence_share = 0.2, peaks = x'00ff' where id = ?`,
    )
      .bind(id)
      .run();
    const facts = { codec: "PCM", sampleRateHz: 44_100, channels: 1, bitsPerSample: 16 };
    // The levels of this one are not measured.
    const stored = await putAudio(id, WAV, { env: notMeasuring });
    expect(await stored.json()).toMatchObject({ ...facts, bitrateBps: 705_776 });
    const columns =
      "sample_rate_hz, channels, bits_per_sample, peak_level, clipped_share, silence_share, peaks";
    const row = await env.DB.prepare(`select codec, ${columns} from generations where id = ?`)
      .bind(id)
      .first();
    expect(row).toEqual({
      ...{ codec: "PCM", sample_rate_hz: 44_100, channels: 1, bits_per_sample: 16 },
      ...{ peak_level: null, clipped_share: null, silence_share: null, peaks: null },
    });
  });

  it("without a Content-Length is stored while voice creations have taken all of their slots", async () => {
    const isolate = newIsolate({ INGEST_SECRET });
    const take = () => acquireChunkedUploadSlot(isolate, { pool: "creation", orgId: newOrg() });
    while (take()) {}
    const { id } = await givenBegunGeneration();
    expect(await statusOf(putAudio(id, streamOf(WAV), { isolate }))).toBe(200);
  });

  it("works without a Content-Length, in several parts", async () => {
    const { id, orgId } = await givenBegunGeneration();
    const long = silentWav(140);
    const stored = await putAudio(id, streamOf(long));
    expect(await stored.json()).toMatchObject({ state: "ready", durationSeconds: 140 });
    expect((await bytesOf(getAudio(id, orgId))).length).toBe(long.length);
    expect(await statusOf(putAudio(id, long))).toBe(200);
  });

  it("is 400 when the connection breaks while the same audio is sent again", async () => {
    const { id } = await givenBegunGeneration();
    await statusOf(putAudio(id, WAV));
    const headers = { "Content-Length": String(WAV.byteLength) };
    expect(await statusOf(ingest(`${id}/audio`, { body: brokenOff(WAV, 1000), headers }))).toBe(400);
  });

  it("is 409 for a generation whose audio the app has stored, which is kept", async () => {
    const orgId = newOrg();
    const id = await givenGeneration(orgId);
    expect(await statusOf(putAudio(id, WAV))).toBe(409);
    expect(await (await getAudio(id, orgId)).text()).toBe(AUDIO_TEXT);
  });

  it.each([
    ["an MP3", () => fixture("speech.mp3")],
    ["text", async () => new TextEncoder().encode("no audio at all")],
    ["a WAV without samples", async () => silentWav(0)],
  ])("is 422 for %s, leaves nothing stored, and can be retried", async (_what, audio) => {
    const { id, orgId } = await givenBegunGeneration();
    const rejected = await putAudio(id, await audio());
    expect(rejected.status).toBe(422);
    expect(await rejected.json()).toMatchObject({ error: expect.stringContaining("WAV") });
    expect(await env.AUDIO.head(keyOf(orgId, id))).toBeNull();
    expect(await statusOf(getAudio(id, orgId))).toBe(409);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
  });

  it.each([
    ["declared", "multipart/form-data; boundary=x", false],
    ["not declared", "audio/wav", true],
  ])(
    "is 400 for a form that is %s, leaves nothing stored, and can be retried",
    async (_what, type, isPut) => {
      const { id, orgId } = await givenBegunGeneration();
      const { isolate, r2 } = newCountingIsolate({ INGEST_SECRET });
      const header = '--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n';
      const body = await new Blob([header, WAV, "\r\n--x--\r\n"]).arrayBuffer();
      const headers = { "Content-Type": type, "Content-Length": String(body.byteLength) };
      const rejected = await ingest(`${id}/audio`, { body, headers, isolate });
      expect(rejected.status).toBe(400);
      expect(await rejected.json()).toEqual({ error: expect.stringContaining("--data-binary @file") });
      expect("put" in r2).toBe(isPut);
      expect(await env.AUDIO.head(keyOf(orgId, id))).toBeNull();
      expect(await statusOf(putAudio(id, WAV))).toBe(200);
    },
  );

  it("is 400 when the body is empty or the connection breaks, and can be retried", async () => {
    const { id, orgId } = await givenBegunGeneration();
    expect(await statusOf(ingest(`${id}/audio`, { body: null }))).toBe(400);
    const headers = { "Content-Length": String(WAV.byteLength) };
    expect(await statusOf(ingest(`${id}/audio`, { body: brokenOff(WAV, 1000), headers }))).toBe(400);
    expect(await env.AUDIO.head(keyOf(orgId, id))).toBeNull();
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
  });

  it("is 413 for a Content-Length over 100 MiB, before R2 is called", async () => {
    const { id } = await givenBegunGeneration();
    const { isolate, r2 } = newCountingIsolate({ INGEST_SECRET });
    const headers = { "Content-Length": String(100 * 1024 * 1024 + 1) };
    expect(await statusOf(ingest(`${id}/audio`, { body: "x", headers, isolate }))).toBe(413);
    expect(r2).toEqual({});
  });

  it("is 404 for a generation that was not begun", async () => {
    expect(await statusOf(putAudio(newId(), WAV))).toBe(404);
  });

  it.each([
    ["R2 cannot store it", { AUDIO: failing(env.AUDIO, "put") }],
    ["R2 cannot read it", { AUDIO: failing(env.AUDIO, "get") }],
    ["D1 cannot complete it", { DB: failingQueries(env.DB, /set "r2_object_key"/) }],
  ])("is 500 and leaves nothing stored when %s, and can be retried at once", async (_what, faulty) => {
    const { id, orgId } = await givenBegunGeneration();
    expect(await statusOf(putAudio(id, WAV, { env: faulty }))).toBe(500);
    expect(await env.AUDIO.head(keyOf(orgId, id))).toBeNull();
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
  });

  it("is 500 when D1's response to the completion is lost, the audio is kept, and a retry is 200", async () => {
    const { id, orgId } = await givenBegunGeneration();
    expect(await statusOf(putAudio(id, WAV, { env: { DB: losingResponseToBatch() } }))).toBe(500);
    expect(await statusOf(getAudio(id, orgId))).toBe(200);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
  });
});

describe("a stored audio whose object was", () => {
  it.each([
    ["deleted", (key: string) => env.AUDIO.delete(key)],
    ["overwritten", (key: string) => env.AUDIO.put(key, "something else")],
  ])("%s is restored when it is sent again, and other audio is 409", async (_what, damage) => {
    const { id, orgId } = await givenBegunGeneration();
    await statusOf(putAudio(id, WAV));
    await damage(keyOf(orgId, id));
    const damaged = await env.AUDIO.head(keyOf(orgId, id));
    expect(await statusOf(putAudio(id, OTHER_WAV))).toBe(409);
    expect((await env.AUDIO.head(keyOf(orgId, id)))?.version).toBe(damaged?.version);
    expect(await statusOf(putAudio(id, WAV))).toBe(200);
    expect(await bytesOf(getAudio(id, orgId))).toEqual(WAV);
  });
});

/** The database, with the response to the first batch lost after it has run. */
function losingResponseToBatch(): D1Database {
  let isLost = false;
  const batch = async (statements: D1PreparedStatement[]) => {
    const results = await env.DB.batch(statements);
    if (isLost) return results;
    isLost = true;
    throw new Error("the response was lost");
  };
  return withMethods(env.DB, { batch });
}
