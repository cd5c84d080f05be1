// Whether Polar has as many events of a day as were sent, and when the day is checked again. Pure.

const HOUR_MS = 60 * 60_000;
export const DAY_MS = 24 * HOUR_MS;
/**
 * From the end of a day, or the last delivery of one of its events, to its check. Polar counts in an analytics store
 * that it fills after it has answered (server/polar/event/service.py and tasks.py).
 */
export const SETTLING_MS = 3 * HOUR_MS;
/** A difference is reported when it is still there after this time. */
const CONFIRMATION_MS = 12 * HOUR_MS;
/** A difference is reported once a day, seven times. */
const REPORTED_FOR_MS = 6 * DAY_MS;

/** The UTC day of a time, as YYYY-MM-DD. */
export const toDay = (time: Date): string => time.toISOString().slice(0, 10);
export const startOfDay = (day: string): Date => new Date(`${day}T00:00:00Z`);
/** The first millisecond after a day. */
export const endOfDay = (day: string): Date => new Date(startOfDay(day).getTime() + DAY_MS);
export const dayBefore = (day: string): string => toDay(new Date(startOfDay(day).getTime() - DAY_MS));

interface Counts {
  /** Confirmed by Polar. At most `duplicates` of them it had counted before, perhaps on another day. */
  events: number;
  duplicates: number;
  /** Not confirmed: Polar may have any of them. */
  undelivered: number;
  atPolar: number;
  /** Whether every event of that name and day is this service's: before it metered the name, the app did. */
  isComplete: boolean;
}

/** What Polar has more than can be explained; negative when it has fewer. */
export function differenceOf({ events, duplicates, undelivered, atPolar, isComplete }: Counts): number {
  const [least, most] = [events - duplicates, events + undelivered];
  if (atPolar < least) return atPolar - least;
  return isComplete && atPolar > most ? atPolar - most : 0;
}

export interface NextCheck {
  difference: number;
  checkDueAt: Date | null;
  isReported: boolean;
}

/** What follows from a check at `now` that found `difference`, when the check before it found `previous`. */
export function nextCheck(difference: number, previous: number, settledAt: Date, now: Date): NextCheck {
  const after = (ms: number) => new Date(now.getTime() + ms);
  if (difference === 0) return { difference, checkDueAt: null, isReported: false };
  const isConfirmed = Math.sign(difference) === Math.sign(previous);
  if (!isConfirmed) return { difference, checkDueAt: after(CONFIRMATION_MS), isReported: false };
  const isRecent = now.getTime() - settledAt.getTime() < REPORTED_FOR_MS;
  return { difference, checkDueAt: isRecent ? after(DAY_MS) : null, isReported: true };
}
