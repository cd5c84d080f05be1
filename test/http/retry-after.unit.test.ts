// The Retry-After header.
import { expect, it } from "vitest";
import { parseRetryAfter } from "../../src/http/retry-after.ts";

const NOW = new Date("2026-11-26T10:00:00Z");

it.each([
  ["120", 120],
  [" 1 ", 1],
  ["Thu, 26 Nov 2026 10:01:30 GMT", 90],
])("a Retry-After of %j is %i seconds", (value, seconds) => {
  expect(parseRetryAfter(value, NOW)).toBe(seconds);
});

it.each([null, "", "0", "-5", "1.5", "soon", "1e3", "99999999999", "Thu, 26 Nov 2026 09:59:00 GMT"])(
  "a Retry-After of %j says nothing",
  (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined();
  },
);
