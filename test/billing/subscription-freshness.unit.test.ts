// How long a confirmed subscription is accepted.
import { describe, expect, it } from "vitest";
import { isFresh, isWithinOutageGrace } from "../../src/billing/subscription-freshness.ts";

const now = new Date("2026-03-04T05:06:07Z");
const confirmed = (agoMs: number, active = true) => ({
  active,
  confirmedAt: new Date(now.getTime() - agoMs),
});

describe.each([
  ["isFresh", isFresh, 60_000],
  ["isWithinOutageGrace", isWithinOutageGrace, 60 * 60_000],
])("%s", (_name, accepts, limitMs) => {
  it("accepts an active subscription that was confirmed less than its limit ago", () => {
    expect(accepts(confirmed(0), now)).toBe(true);
    expect(accepts(confirmed(limitMs - 1), now)).toBe(true);
  });

  it("rejects an active subscription that was confirmed its limit ago", () => {
    expect(accepts(confirmed(limitMs), now)).toBe(false);
  });

  it("rejects an inactive subscription and an unknown one", () => {
    expect(accepts(confirmed(0, false), now)).toBe(false);
    expect(accepts(null, now)).toBe(false);
  });
});
