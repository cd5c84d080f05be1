// What the console says of a request, and of a refusal.
import { describe, expect, it } from "vitest";
import { Refusal } from "../../dev/console/api.ts";
import { explain, explainTiming } from "../../dev/console/explain.ts";
import { uploadTrouble, viewTrouble } from "../../dev/console/trouble.ts";
import type { RecordedRequest } from "../../dev/requests.ts";

const seen = (changes: Partial<RecordedRequest>): RecordedRequest => ({
  number: 1,
  at: "2026-11-22T17:00:00.000Z",
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

describe("a request is explained", () => {
  it.each<[string, Partial<RecordedRequest>]>([
    [
      "bytes 0–65,535 of 180 kB, from the edge cache",
      { status: 206, contentRange: "bytes 0-65535/180000", cacheStatus: HIT },
    ],
    [
      "bytes 100–179,999 of 180 kB, straight from R2, as private audio is",
      { status: 206, contentRange: "bytes 100-179999/180000", cacheStatus: "Resonance; fwd=bypass" },
    ],
    [
      "the whole, 56 kB, from R2, and now into the edge cache",
      { contentLength: "55791", cacheStatus: "Resonance; fwd=uri-miss; stored" },
    ],
    ["the whole, 56 kB, from R2", { contentLength: "55791", cacheStatus: "Resonance; fwd=uri-miss" }],
    [
      "the head alone of the whole, 56 kB, from the edge cache",
      { method: "HEAD", contentLength: "55791", cacheStatus: HIT },
    ],
    [
      "not modified: the browser's copy is still good, from the edge cache",
      { status: 304, cacheStatus: HIT },
    ],
    ["the range lies past the end (56 kB)", { status: 416, contentRange: "bytes */55791" }],
    ["refused: nobody is signed in", { status: 401 }],
    ["not stored yet", { status: 409 }],
    ["the service could not do it", { status: 502 }],
    ["a voice was made", { method: "POST", status: 201 }],
    ["answered", { path: "/api/voices" }],
  ])("%s", (words, changes) => {
    expect(explain(seen(changes)).words).toBe(words);
  });

  it("with the part of the audio that came", () => {
    const part = seen({ status: 206, contentRange: "bytes 100-199/1000", contentLength: "100" });
    expect(explain(part).span).toEqual({ from: 100, to: 199, size: 1000 });
    const whole = seen({ contentLength: "1000", cacheStatus: HIT });
    expect(explain(whole).span).toEqual({ from: 0, to: 999, size: 1000 });
    expect(explain(seen({ status: 304, cacheStatus: HIT })).span).toBeNull();
  });

  it("with where its time went", () => {
    expect(explainTiming('d1;dur=3;desc="2", r2;dur=0;desc="0", total;dur=5')).toBe(
      "d1 3 ms ×2 · r2 0 ms ×0 · total 5 ms",
    );
  });
});

describe("a refused upload", () => {
  it.each([
    [0, "No answer came.", "The connection was lost", "retry"],
    [400, "The upload was interrupted. Please try again.", "The recording did not arrive", "retry"],
    [401, "Unauthorized", "You are signed out", "sign-in"],
    [403, "SUBSCRIPTION_REQUIRED", "A subscription is needed", "subscribe"],
    [403, "Requests from this origin are not allowed", "This page may not do that", "retry"],
    [409, "A request with this Idempotency-Key …", "The first try is still going on", "retry"],
    [413, "Audio file exceeds the 20 MB size limit", "The recording is too large", "other-recording"],
    [422, "Audio too short (9.9s). Minimum …", "The recording is too short", "other-recording"],
    [422, "File is not a valid audio file", "This is not a recording that can be read", "other-recording"],
    [422, "This Idempotency-Key was used …", "That did not work", "retry"],
    [429, "Too many uploads …", "Too many uploads in a short time", "retry"],
    [500, "Failed to create voice. Please retry.", "That did not work", "retry"],
    [503, "Too many uploads at once. …", "The service is busy", "retry"],
  ])("with %i %s", (status, message, title, remedy) => {
    expect(uploadTrouble(new Refusal(status, message))).toMatchObject({ title, remedy });
  });

  it("with issues is corrected, and a short one is told its length", () => {
    const issues = [{ message: "Voice name is required", path: ["name"] }];
    expect(uploadTrouble(new Refusal(400, "Invalid input", { issues })).remedy).toBe("correct");
    expect(uploadTrouble(new Refusal(422, "Audio too short (9.9s).")).words).toContain("9.9 seconds");
  });
});

describe("a refused view", () => {
  it.each([
    [0, "retry"],
    [401, "sign-in"],
    [502, "retry"],
  ])("with %i", (status, remedy) => {
    expect(viewTrouble(new Refusal(status, "…")).remedy).toBe(remedy);
  });
});
