// The Retry-After header (RFC 9110 §10.2.3).

const SECONDS = /^\d{1,10}$/;

/** The seconds to wait from `now` on, or undefined when the value is absent, malformed or in the past. */
export function parseRetryAfter(value: string | null, now: Date): number | undefined {
  const text = value?.trim() ?? "";
  const seconds = SECONDS.test(text) ? Number(text) : (Date.parse(text) - now.getTime()) / 1000;
  return seconds > 0 ? Math.ceil(seconds) : undefined;
}
