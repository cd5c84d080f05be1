import { expect, it } from "vitest";
import { EventQueue } from "../../bench/simulation/event-queue.ts";
import { Random } from "../../bench/simulation/random.ts";

it("returns events in the order of their times, whatever the order in which they were scheduled", () => {
  const random = new Random(1);
  const queue = new EventQueue<{ at: number }>();
  const times = Array.from({ length: 2_000 }, () => random.below(500));
  const returned: number[] = [];
  // Half of them are scheduled while others are returned.
  for (const at of times.slice(0, 1_000)) queue.schedule({ at });
  for (const at of times.slice(1_000)) {
    const next = queue.next(Number.POSITIVE_INFINITY);
    if (next) returned.push(next.at);
    queue.schedule({ at: Math.max(at, next?.at ?? 0) });
  }
  for (let next = queue.next(1e9); next; next = queue.next(1e9)) returned.push(next.at);
  expect(returned).toHaveLength(2_000);
  expect(returned).toEqual(returned.toSorted((a, b) => a - b));
});

it("keeps an event that is not before the end", () => {
  const queue = new EventQueue<{ at: number }>();
  queue.schedule({ at: 5 });
  expect(queue.next(5)).toBeUndefined();
  expect(queue.next(5.1)).toEqual({ at: 5 });
  expect(queue.next(5.1)).toBeUndefined();
});
