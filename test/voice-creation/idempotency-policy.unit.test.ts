// Idempotency-Key: its syntax, and what applies to a key that is already known.
import { describe, expect, it } from "vitest";
import {
  checkIdempotencyKey,
  isIdempotencyKey,
  KEY_LIFETIME_MS,
} from "../../src/voice-creation/idempotency-policy.ts";

const TEN_MINUTES_MS = 10 * 60_000;
const now = new Date("2026-03-04T05:06:07Z");
const ago = (ms: number) => new Date(now.getTime() - ms);
const running = (ms: number) => ({ createdAt: ago(ms), completedAt: null, requestSha256: "same" });
const completed = (ms: number) => ({
  createdAt: ago(ms + 1000),
  completedAt: ago(ms),
  requestSha256: "same",
});

describe("checkIdempotencyKey", () => {
  it.each([
    ["the same request, completed, is completed", completed(0), "same", "completed"],
    ["the same request, completed a day ago, is completed", completed(KEY_LIFETIME_MS), "same", "completed"],
    ["a request completed over a day ago is expired", completed(KEY_LIFETIME_MS + 1), "same", "expired"],
    ["another request over a day later is expired", completed(KEY_LIFETIME_MS + 1), "other", "expired"],
    ["another request is different", completed(0), "other", "different-request"],
    ["another request while one is running is different", running(0), "other", "different-request"],
    ["the same request, running, is in progress", running(TEN_MINUTES_MS), "same", "in-progress"],
    ["a request running over ten minutes is abandoned", running(TEN_MINUTES_MS + 1), "same", "abandoned"],
    [
      "another request after an abandoned one is abandoned",
      running(TEN_MINUTES_MS + 1),
      "other",
      "abandoned",
    ],
  ] as const)("%s", (_fact, holder, sha256, expected) => {
    expect(checkIdempotencyKey(holder, sha256, now)).toBe(expected);
  });

  it("treats an upload without a stored digest as another request", () => {
    expect(checkIdempotencyKey({ ...completed(0), requestSha256: null }, "same", now)).toBe(
      "different-request",
    );
  });
});

describe("isIdempotencyKey", () => {
  it.each(["a", "550e8400-e29b-41d4-a716-446655440000", "!~", "x".repeat(255)])("accepts %j", (key) => {
    expect(isIdempotencyKey(key)).toBe(true);
  });

  it.each(["", " ", "two words", "ö", "tab\t", "line\n", "x".repeat(256)])("rejects %j", (key) => {
    expect(isIdempotencyKey(key)).toBe(false);
  });
});
