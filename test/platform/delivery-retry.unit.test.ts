// When a failed delivery is retried.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs, clampRetryAfterMs } from "../../src/platform/delivery-retry.ts";

const MINUTE_MS = 60_000;
const SIX_HOURS_MS = 6 * 60 * MINUTE_MS;

describe("backoffMs", () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [9, 256],
    [10, 360],
    [1000, 360],
  ])("after %i failures waits at most %i minutes, and at least half of that", (failures, minutes) => {
    expect(backoffMs(failures, 1)).toBe(minutes * MINUTE_MS);
    expect(backoffMs(failures, 0)).toBe((minutes * MINUTE_MS) / 2);
  });

  it.each([
    ["a longer Retry-After", 1800, 30 * MINUTE_MS],
    ["its own delay when Retry-After is shorter", 1, MINUTE_MS],
    ["six hours at most, whatever the Retry-After", 86_400, SIX_HOURS_MS],
  ])("waits for %s", (_fact, retryAfterSeconds, expected) => {
    expect(backoffMs(1, 1, retryAfterSeconds)).toBe(expected);
  });

  it("is always between half a minute and six hours", () => {
    const jitter = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.nat(5000), jitter, fc.nat(1_000_000), (failures, share, retryAfterSeconds) => {
        const wait = backoffMs(failures, share, retryAfterSeconds);
        expect(wait).toBeGreaterThanOrEqual(MINUTE_MS / 2);
        expect(wait).toBeLessThanOrEqual(SIX_HOURS_MS);
      }),
    );
  });
});

it("clampRetryAfterMs converts seconds to milliseconds, up to six hours", () => {
  expect(clampRetryAfterMs(7)).toBe(7000);
  expect(clampRetryAfterMs(6 * 60 * 60 + 1)).toBe(SIX_HOURS_MS);
});
