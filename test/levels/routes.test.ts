// GET /api/audio/{id}/peaks and GET /api/voices/{id}/peaks: what they answer, at what cost, and when levels are measured.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { failingQueries } from "../support/bindings.ts";
import { call, newCountingIsolate, newIsolate, statusOf } from "../support/call.ts";
import { fixture, givenGeneration, givenVoice, resetPolar } from "../support/fixtures.ts";
import { analysisOf, HALF_SILENT, halfSilentWav, peaksOf } from "./measured-audio.ts";

const KINDS = [
  {
    path: "/api/audio/",
    metadataPath: "/api/generations/",
    metadataSuffix: "",
    given: givenGeneration,
    table: "generations",
    unavailable: "Failed to fetch audio",
  },
  {
    path: "/api/voices/",
    metadataPath: "/api/voices/",
    metadataSuffix: "/metadata",
    given: givenVoice,
    table: "voices",
    unavailable: "Failed to fetch voice audio",
  },
] as const;

const NO_PEAKS = { error: "There are no peaks of this audio" };

afterEach(resetPolar);

for (const { path, metadataPath, metadataSuffix, given, table, unavailable } of KINDS) {
  const stored = (id: string) =>
    env.DB.prepare(`select * from ${table} where id = ?`).bind(id).first<Record<string, unknown>>();

  /** A PCM audio of `org_a` whose levels are known, and the URL of its peaks. */
  const givenMeasured = async () => {
    const id = await given("org_a", "ready", { bytes: halfSilentWav(4), durationSeconds: 4, codec: "PCM" });
    expect(await statusOf(call(`${path}${id}/peaks`, { as: "org_a" }))).toBe(200);
    return { id, url: `${path}${id}/peaks` };
  };

  describe(`GET ${path}{id}/peaks`, () => {
    it("measures audio on the first request, keeps the levels, and answers the next from one D1 query", async () => {
      const id = await given("org_a", "ready", { bytes: halfSilentWav(4), durationSeconds: 4, codec: "PCM" });
      const first = await peaksOf(await call(`${path}${id}/peaks`, { as: "org_a" }));
      expect(first).toMatchObject({ ...HALF_SILENT, durationSeconds: 4 });
      expect(first.peaks).toEqual([[...Array(128).fill(0), ...Array(128).fill(0.5)]]);

      const { isolate, d1, r2 } = newCountingIsolate(analysisOf(() => ({ kind: "missing" })));
      const second = await call(`${path}${id}/peaks`, { as: "org_a", isolate });
      expect(await peaksOf(second)).toEqual(first);
      expect([d1, r2]).toEqual([{ "first-unconstrained": 1 }, {}]);
    });

    it("answers a HEAD like a GET, without a body", async () => {
      const { url } = await givenMeasured();
      const response = await call(url, { as: "org_a", method: "HEAD" });
      expect(response.status).toBe(200);
      expect(await response.text()).toBe("");
    });

    it("is private to the session for an hour, and 304 to its own ETag", async () => {
      const { url } = await givenMeasured();
      const response = await call(url, { as: "org_a" });
      expect(response.headers.get("Cache-Control")).toBe("private, max-age=3600");
      expect(response.headers.get("Vary")).toBe("Cookie, Authorization");
      const etag = response.headers.get("ETag") ?? "";
      const unchanged = await call(url, { as: "org_a", headers: { "If-None-Match": etag } });
      expect(unchanged.status).toBe(304);
      expect(await unchanged.text()).toBe("");
      expect(unchanged.headers.get("ETag")).toBe(etag);
      expect(await statusOf(call(url, { as: "org_a", headers: { "If-None-Match": '"other"' } }))).toBe(200);
    });

    it("is 404 for compressed audio, without asking the analysis Worker", async () => {
      const id = await given("org_a", "ready", { codec: "MP3" });
      const bindings = analysisOf(() => ({ kind: "not-pcm" }));
      const response = await call(`${path}${id}/peaks`, { as: "org_a", env: bindings });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual(NO_PEAKS);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      expect(bindings.ANALYSIS.levels).not.toHaveBeenCalled();
    });

    it("is 404 for audio of an unknown codec that is not PCM, and asks about it only once", async () => {
      const id = await given("org_a", "ready", { bytes: new Uint8Array(await fixture("speech.mp3")) });
      expect(await (await call(`${path}${id}/peaks`, { as: "org_a" })).json()).toEqual(NO_PEAKS);
      const bindings = analysisOf(() => ({ kind: "not-pcm" }));
      expect(await statusOf(call(`${path}${id}/peaks`, { as: "org_a", env: bindings }))).toBe(404);
      expect(bindings.ANALYSIS.levels).not.toHaveBeenCalled();
    });

    it("measures audio that was never probed, and whose duration is not known", async () => {
      const id = await given("org_a", "ready", { bytes: halfSilentWav(1) });
      const response = await call(`${path}${id}/peaks`, { as: "org_a" });
      expect(await peaksOf(response)).toMatchObject({ ...HALF_SILENT, durationSeconds: null });
    });

    it("is 503 with Retry-After when measuring fails, and is not tried again for a minute", async () => {
      const id = await given("org_a", "ready", { codec: "PCM" });
      const bindings = analysisOf(() => Promise.reject(new Error("the CPU limit was exceeded")));
      const isolate = newIsolate(bindings);
      for (const _ of [1, 2]) {
        const response = await call(`${path}${id}/peaks`, { as: "org_a", isolate });
        expect(response.status).toBe(503);
        expect(response.headers.get("Retry-After")).toBe("60");
      }
      expect(bindings.ANALYSIS.levels).toHaveBeenCalledTimes(1);
    });

    it.each([
      ["nothing", undefined],
      ["something else", "levels"],
      ["a kind of its own", { kind: "silent" }],
      ["no peaks", { kind: "levels", ...HALF_SILENT }],
      ["peaks that are a text", { kind: "levels", ...HALF_SILENT, peaks: "1" }],
      ["more peaks than there can be", { kind: "levels", ...HALF_SILENT, peaks: new Uint8Array(2001) }],
      [
        "a level beyond full scale",
        { kind: "levels", ...HALF_SILENT, peaks: Uint8Array.of(1), peakLevel: 2 },
      ],
      [
        "a share that is no number",
        { kind: "levels", ...HALF_SILENT, peaks: Uint8Array.of(1), silenceShare: Number.NaN },
      ],
    ])("is 503 and stores nothing when the analysis Worker answers %s", async (_, answer) => {
      const id = await given("org_a", "ready", { codec: "PCM" });
      const env = analysisOf(() => answer);
      expect(await statusOf(call(`${path}${id}/peaks`, { as: "org_a", env }))).toBe(503);
      expect(await stored(id)).toMatchObject({ peaks: null, peak_level: null });
    });

    it("is measured once in an isolate by concurrent requests: the others are 503 with a short Retry-After", async () => {
      const id = await given("org_a", "ready", { bytes: halfSilentWav(1), durationSeconds: 1, codec: "PCM" });
      const bindings = analysisOf(async () => {
        await scheduler.wait(50);
        return { kind: "levels", ...HALF_SILENT, peaks: Uint8Array.of(1) };
      });
      const isolate = newIsolate(bindings);
      const responses = await Promise.all(
        Array.from({ length: 10 }, () => call(`${path}${id}/peaks`, { as: "org_a", isolate })),
      );
      expect(responses.map(({ status }) => status).toSorted()).toEqual([200, ...Array(9).fill(503)]);
      const busy = responses.filter(({ status }) => status === 503);
      expect(new Set(busy.map(({ headers }) => headers.get("Retry-After")))).toEqual(new Set(["2"]));
      expect(bindings.ANALYSIS.levels).toHaveBeenCalledTimes(1);
      for (const response of responses) await response.text();
      expect(await statusOf(call(`${path}${id}/peaks`, { as: "org_a", isolate }))).toBe(200);
    });

    it("is 503 when the levels cannot be stored", async () => {
      const id = await given("org_a", "ready", { bytes: halfSilentWav(1), codec: "PCM" });
      const broken = { DB: failingQueries(env.DB, /^update/i) };
      expect(await statusOf(call(`${path}${id}/peaks`, { as: "org_a", env: broken }))).toBe(503);
    });

    it("is 502 when the object is missing", async () => {
      const id = await given("org_a", "object missing", { codec: "PCM" });
      const response = await call(`${path}${id}/peaks`, { as: "org_a" });
      expect(response.status).toBe(502);
      expect(await response.json()).toEqual({ error: unavailable });
    });

    it("is 409 before the audio is stored, and 405 for other methods", async () => {
      const id = await given("org_a", "processing");
      expect(await statusOf(call(`${path}${id}/peaks`, { as: "org_a" }))).toBe(409);
      const response = await call(`${path}${id}/peaks`, { as: "org_a", method: "POST" });
      expect(response.status).toBe(405);
      expect(response.headers.get("Allow")).toContain("GET");
    });

    it("stores nothing on a row whose audio was replaced or deleted while it was measured", async () => {
      const replace = (id: string) =>
        env.DB.prepare(`update ${table} set updated_at = updated_at + 1 where id = ?`).bind(id).run();
      const move = (id: string) =>
        env.DB.prepare(`update ${table} set r2_object_key = 'elsewhere' where id = ?`).bind(id).run();
      const remove = (id: string) => env.DB.prepare(`delete from ${table} where id = ?`).bind(id).run();
      for (const change of [replace, move, remove]) {
        const id = await given("org_a", "ready", { codec: "PCM" });
        const bindings = analysisOf(async () => {
          await change(id);
          return { kind: "levels", ...HALF_SILENT, peaks: Uint8Array.of(1) };
        });
        await statusOf(call(`${path}${id}/peaks`, { as: "org_a", env: bindings }));
        expect((await stored(id))?.peaks ?? null).toBeNull();
      }
    });

    it("leaves `updatedAt` as it was", async () => {
      const id = await given("org_a", "ready", {
        ...{ bytes: halfSilentWav(1), codec: "PCM" },
        updatedAt: new Date("2026-01-02T03:04:05.678Z"),
      });
      expect(await statusOf(call(`${path}${id}/peaks`, { as: "org_a" }))).toBe(200);
      expect((await stored(id))?.updated_at).toBe(Date.parse("2026-01-02T03:04:05.678Z"));
    });

    it("the metadata has the levels and the URL of the peaks, once measured", async () => {
      const metadataOf = async (id: string) =>
        (await call(metadataPath + id + metadataSuffix, { as: "org_a" })).json();
      const { id, url } = await givenMeasured();
      expect(await metadataOf(id)).toMatchObject({ ...HALF_SILENT, peaksUrl: url });
      const unmeasured = { peakLevel: null, clippedShare: null, silenceShare: null };
      const mp3 = await given("org_a", "ready", { codec: "MP3" });
      expect(await metadataOf(mp3)).toMatchObject({ ...unmeasured, peaksUrl: null });
      const processing = await given("org_a", "processing");
      expect(await metadataOf(processing)).toMatchObject({ ...unmeasured, peaksUrl: null });
    });
  });
}

describe("a system voice", () => {
  it("has peaks for every organisation", async () => {
    const id = await givenVoice(null, "ready", { bytes: halfSilentWav(1), codec: "PCM" });
    for (const as of ["org_a", "org_b"]) {
      expect(await peaksOf(await call(`/api/voices/${id}/peaks`, { as }))).toMatchObject(HALF_SILENT);
    }
  });
});
