// The console's explanations of requests, and its texts and actions for errors.
import { describe, expect, it } from "vitest";
import { ApiError } from "../../dev/console/api.ts";
import { errorView } from "../../dev/console/error-view.ts";
import { explain, explainTiming } from "../../dev/console/explain.ts";
import { formatAudioFacts, formatLevels } from "../../dev/console/formats.ts";
import type { RecordedRequest } from "../../dev/requests.ts";

const recorded = (changes: Partial<RecordedRequest>): RecordedRequest => ({
  number: 1,
  at: "2026-11-22T17:00:00.000Z",
  orgId: "org_demo",
  method: "GET",
  path: "/api/voices/voice_system_aaron",
  destination: "audio",
  range: null,
  ifNoneMatch: null,
  status: 200,
  contentRange: null,
  contentLength: null,
  cacheStatus: null,
  etag: null,
  serverTiming: null,
  requestId: null,
  milliseconds: 3,
  ...changes,
});

const HIT = "Resonance; hit";

describe("the explanation of a request", () => {
  it.each<[string, Partial<RecordedRequest>]>([
    [
      "bytes 0–65,535 of 180 kB, from the edge cache",
      { status: 206, contentRange: "bytes 0-65535/180000", cacheStatus: HIT },
    ],
    [
      "bytes 100–179,999 of 180 kB, from R2, private audio is not cached",
      { status: 206, contentRange: "bytes 100-179999/180000", cacheStatus: "Resonance; fwd=bypass" },
    ],
    [
      "complete, 56 kB, from R2, stored in the edge cache",
      { contentLength: "55791", cacheStatus: "Resonance; fwd=uri-miss; stored" },
    ],
    ["complete, 56 kB, from R2", { contentLength: "55791", cacheStatus: "Resonance; fwd=uri-miss" }],
    [
      "headers only of 56 kB, from the edge cache",
      { method: "HEAD", contentLength: "55791", cacheStatus: HIT },
    ],
    ["not modified: the browser's copy is current, from the edge cache", { status: 304, cacheStatus: HIT }],
    ["rejected: range beyond the end (56 kB)", { status: 416, contentRange: "bytes */55791" }],
    ["rejected: not signed in", { status: 401 }],
    ["no audio stored yet", { status: 409 }],
    ["failed in the service", { status: 502 }],
    ["voice created", { method: "POST", status: 201 }],
    ["answered", { path: "/api/voices" }],
  ])("is: %s", (text, changes) => {
    expect(explain(recorded(changes)).text).toBe(text);
  });

  it("states which bytes of the audio the response contains, and none for a 304", () => {
    const part = recorded({ status: 206, contentRange: "bytes 100-199/1000", contentLength: "100" });
    expect(explain(part).range).toEqual({ first: 100, last: 199, size: 1000 });
    const whole = recorded({ contentLength: "1000", cacheStatus: HIT });
    expect(explain(whole).range).toEqual({ first: 0, last: 999, size: 1000 });
    expect(explain(recorded({ status: 304, cacheStatus: HIT })).range).toBeNull();
  });

  it("formats Server-Timing as durations and counts", () => {
    expect(explainTiming('d1;dur=3;desc="2", r2;dur=0;desc="0", total;dur=5')).toBe(
      "d1 3 ms ×2 · r2 0 ms ×0 · total 5 ms",
    );
  });
});

describe("the facts of an audio", () => {
  const nothing = { codec: null, sampleRateHz: null, channels: null, bitrateBps: null, sizeBytes: null };
  const speech = { sampleRateHz: 44_100, channels: 2, bitrateBps: 128_400, sizeBytes: 216_000 };

  it.each([
    ["MP3 · 44.1 kHz · stereo · 128 kb/s · 216 kB", { ...speech, contentType: "audio/mpeg", codec: "MP3" }],
    [
      "WAV · PCM · 44.1 kHz · stereo",
      { ...speech, contentType: "audio/wav", codec: "PCM", bitrateBps: null, sizeBytes: null },
    ],
    ["WEBM · Opus", { contentType: "audio/webm", codec: "Opus" }],
    ["MP2", { contentType: "audio/mpeg", codec: "MP2" }],
    ["WMA 2", { contentType: "audio/x-ms-wma", codec: "WMA 2" }],
    ["WavPack", { contentType: "audio/x-wavpack", codec: "WavPack" }],
    ["PCM · 22.05 kHz · mono", { codec: "PCM", sampleRateHz: 22_050, channels: 1 }],
    ["FLAC · 6 channels", { codec: "FLAC", channels: 6 }],
    ["MP3", { contentType: "audio/mpeg" }],
    ["", {}],
  ])("are: %s", (text, audio) => {
    expect(formatAudioFacts({ ...nothing, ...audio })).toBe(text);
  });
});

describe("the error view of an upload", () => {
  it.each([
    [400, "The upload was interrupted. Please try again.", "The upload failed", "retry"],
    [401, "Unauthorized", "You are signed out", "sign-in"],
    [403, "SUBSCRIPTION_REQUIRED", "Subscription required", "subscribe"],
    [403, "Requests from this origin are not allowed", "Request not allowed", "retry"],
    [409, "The voice was deleted while …", "Request failed", "retry"],
    [413, "Audio file exceeds the 20 MB size limit", "The recording is too large", "choose-recording"],
    [422, "Audio too short (9.9s). Minimum …", "The recording is too short", "choose-recording"],
    [422, "File is not a valid audio file", "The file is not a supported audio file", "choose-recording"],
    [
      422,
      "File is not a valid audio file: it …",
      "The file is not a supported audio file",
      "choose-recording",
    ],
    [
      422,
      "CAF recordings are not supported. …",
      "The file is not a supported audio file",
      "choose-recording",
    ],
    [422, "This Idempotency-Key was used …", "Request failed", "retry"],
    [429, "Too many uploads …", "Too many uploads", "retry"],
    [500, "Failed to create voice. Please retry.", "Request failed", "retry"],
    [503, "Too many uploads at once. …", "The service is busy", "retry"],
  ])("for %i with %j has the title and action of that case", (status, message, title, action) => {
    expect(errorView(new ApiError(status, message))).toMatchObject({ title, action });
  });

  it("states the duration of a recording that is too short", () => {
    expect(errorView(new ApiError(422, "Audio too short (9.9s).")).text).toContain("9.9 seconds");
  });

  it.each([
    [422, "CAF recordings are not supported. …"],
    [422, "File is not a valid audio file: it is …"],
    [503, "Too many uploads are running right now. …"],
    [503, "The audio could not be checked right now. …"],
    [503, "Your subscription could not be checked right now. …"],
    [500, "Failed to create voice. Please retry."],
  ])("says of %i what the service says: %s", (status, message) => {
    expect(errorView(new ApiError(status, message)).text).toBe(message);
  });
});

describe("the error view of content that failed to load", () => {
  it.each([
    [0, "retry"],
    [401, "sign-in"],
    [502, "retry"],
  ])("for %i offers %s", (status, action) => {
    expect(errorView(new ApiError(status, "…")).action).toBe(action);
  });
});

describe("the levels of a recording", () => {
  it.each([
    [{ peakLevel: 0.7, clippedShare: 0, silenceShare: 0.125 }, "peak −3.1 dBFS · silence 12.5 %"],
    [
      { peakLevel: 0.999, clippedShare: 0.0002, silenceShare: 0 },
      "peak 0.0 dBFS · clipped < 0.1 % · silence 0 %",
    ],
    [{ peakLevel: 0, clippedShare: 0, silenceShare: 1 }, "peak −∞ dBFS · silence 100 %"],
    [{ peakLevel: null, clippedShare: null, silenceShare: null }, ""],
  ])("of %o are shown as: %s", (levels, text) => {
    expect(formatLevels(levels)).toBe(text);
  });
});
