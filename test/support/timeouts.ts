// Shortens the waits of the service's clients, so that tests of their timeouts do not have to wait.
import { vi } from "vitest";

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
