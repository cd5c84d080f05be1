// Shortens the waits of the service's clients, so that tests of their timeouts do not have to wait.
import { vi } from "vitest";
import { D1_CALL_TIMEOUT_MS } from "../../src/platform/database.ts";

/** Long enough for a request to a fake that answers. */
const SHORT_MS = 500;

/** Makes `AbortSignal.timeout` expire after half a second. Returns the spy, which records the requested milliseconds. */
export function shortenAbortTimeouts() {
  const original = AbortSignal.timeout.bind(AbortSignal);
  return vi
    .spyOn(AbortSignal, "timeout")
    .mockImplementation((milliseconds) => original(Math.min(milliseconds, SHORT_MS)));
}

/** Makes `setTimeout` fire at once: for retries that wait between attempts. */
export function skipTimers() {
  const original = globalThis.setTimeout;
  return vi
    .spyOn(globalThis, "setTimeout")
    .mockImplementation(((handler: () => void) => original(handler, 0)) as typeof setTimeout);
}

export interface FakeDelays {
  /** Lets time pass. */
  pass: (milliseconds: number) => void;
  /** Lets the timeout of every pending D1 call pass. */
  expireCalls: () => void;
  /** How often the calls have expired: a call that was pending at the last time has timed out. */
  expirations: () => number;
}

/**
 * Replaces the waits of retries and the timeouts of D1 calls: a wait ends at once, and its time passes on the monotonic
 * clock. `withDate` fakes the date, too, which otherwise does not move. Until `vi.restoreAllMocks()` and
 * `vi.useRealTimers()`.
 */
export function fakeDelays({ withDate = false } = {}): FakeDelays {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", ...(withDate ? (["Date"] as const) : [])] });
  let now = 0;
  let expirations = 0;
  const pass = (milliseconds: number) => {
    now += milliseconds;
    if (withDate) vi.setSystemTime(Date.now() + milliseconds);
  };
  vi.spyOn(performance, "now").mockImplementation(() => now);
  vi.spyOn(scheduler, "wait").mockImplementation(async (milliseconds) => pass(milliseconds));
  return {
    pass,
    expirations: () => expirations,
    expireCalls: () => {
      expirations += 1;
      now += D1_CALL_TIMEOUT_MS;
      vi.advanceTimersByTime(D1_CALL_TIMEOUT_MS);
    },
  };
}
