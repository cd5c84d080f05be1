// How a benchmark's targets are reported.
import { expect, it } from "vitest";
import { atLeast, atMost } from "../../bench/report.ts";

it.each([
  ["at least", 0.95, 0.949, "0.94", false],
  ["at least", 0.95, 0.944, "0.94", false],
  ["at least", 0.9, 0.858, "0.86", false],
  ["at least", 0.95, 0.95, "0.95", true],
  ["at least", 0.95, 0.957, "0.96", true],
  ["at most", 1.25, 1.251, "1.26", false],
  ["at most", 1.25, 1.25, "1.25", true],
  ["at most", 0, 0.002, "0.01", false],
  ["at least", 1, Number.NaN, "NaN", false],
])("%s %d wanted, %d found, is reported as %s", (bound, wanted, found, text, met) => {
  const target = bound === "at least" ? atLeast : atMost;
  expect(target("row", wanted, found)).toMatchObject({ found: text, met });
});
