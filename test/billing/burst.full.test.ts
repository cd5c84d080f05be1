// The bursts of issue size: ten thousand organisations in a minute, a hundred isolates.
import { describe } from "vitest";
import { describeBursts } from "./burst-scenarios.ts";

describe("a burst of 10,000 organisations in a minute, in 100 isolates", () => {
  describeBursts({ organisations: 10_000, isolates: 100, calls: { deferrable: 174, required: 199 } });
});
