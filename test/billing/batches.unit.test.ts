// What becomes of a batch that Polar did not accept.
import { describe, expect, it } from "vitest";
import { type Batch, sortOut } from "../../src/billing/batches.ts";

const cause = new Error("no");
const batch = (count: number): Batch<number> => ({ events: Array.from({ length: count }, (_, n) => n) });
const refused = (issues: [number, string][] = []) => ({
  kind: "refused" as const,
  cause,
  issues: new Map(issues),
});
const failed = { kind: "failed" as const, cause };

describe("a batch that Polar did not accept", () => {
  it.each([
    ["refused", refused()],
    ["not answered", failed],
  ])("of one event that is %s has failed", (_what, result) => {
    expect(sortOut(batch(1), result)).toEqual({ failed: [{ event: 0, cause }], again: [] });
  });

  it("is sent again without the events that Polar names, which have failed for what it says of them", () => {
    const sorted = sortOut(
      batch(4),
      refused([
        [1, "one"],
        [3, "three"],
      ]),
    );
    expect(sorted.failed).toEqual([
      { event: 1, cause: "one" },
      { event: 3, cause: "three" },
    ]);
    expect(sorted.again).toEqual([{ events: [0, 2] }]);
  });

  it("is not sent again when Polar names all of its events", () => {
    expect(
      sortOut(
        batch(2),
        refused([
          [0, "a"],
          [1, "b"],
        ]),
      ).again,
    ).toEqual([]);
  });

  it.each([2, 3, 4, 5, 1000])(
    "of %i events is divided into at most four, without a loss or a repetition",
    (count) => {
      const { again, failed: none } = sortOut(batch(count), refused());
      expect(none).toEqual([]);
      expect(again.length).toBeLessThanOrEqual(4);
      expect(again.length).toBeGreaterThan(1);
      expect(again.flatMap(({ events }) => events)).toEqual(batch(count).events);
    },
  );

  it("and not answered may have been received, as may every part of it", () => {
    const [part] = sortOut(batch(8), failed).again;
    expect(part).toEqual({ events: [0, 1], earlierFailure: { cause } });
    expect(part && sortOut(part, refused()).again).toEqual([
      { events: [0], earlierFailure: { cause } },
      { events: [1], earlierFailure: { cause } },
    ]);
  });
});
