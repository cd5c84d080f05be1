// How long a confirmed subscription is accepted.
import { describe, expect, it } from "vitest";
import { freshnessOf } from "../../src/billing/subscription-freshness.ts";

const now = new Date("2026-03-04T05:06:07Z");
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const confirmed = (agoMs: number, active = true) => ({
  active,
  confirmedAt: new Date(now.getTime() - agoMs),
});

describe("an active subscription", () => {
  it.each([
    ["fresh", 0, false],
    ["fresh", MINUTE_MS - 1, false],
    ["stale", MINUTE_MS, false],
    ["stale", HOUR_MS - 1, false],
    ["unknown", HOUR_MS, false],
    ["fresh", HOUR_MS, true],
    ["fresh", 24 * HOUR_MS - 1, true],
    ["unknown", 24 * HOUR_MS, true],
  ] as const)("is %s when confirmed %i ms ago, with a webhook: %s", (freshness, agoMs, hasWebhook) => {
    expect(freshnessOf(confirmed(agoMs), now, hasWebhook)).toBe(freshness);
  });
});

it.each([true, false])("no subscription, and no state, is unknown, with a webhook: %s", (hasWebhook) => {
  expect(freshnessOf(confirmed(0, false), now, hasWebhook)).toBe("unknown");
  expect(freshnessOf(null, now, hasWebhook)).toBe("unknown");
});
