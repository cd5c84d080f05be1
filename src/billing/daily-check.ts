// Compares each day's events at Polar with those that were sent, and raises an alarm on a difference: events that Polar
// lost, counted twice, or received from somebody else.
import { log } from "../platform/logger.ts";
import { DAY_MS, differenceOf, endOfDay, nextCheck, startOfDay } from "./check-policy.ts";
import type { CountEvents } from "./polar-events.ts";
import { claimCheck, findContext, findDueChecks, storeCheck, type Total } from "./totals.ts";

/** One call of Polar each. More are only due after an outage. */
const MAX_CHECKS_PER_RUN = 5;
const RETRY_MS = 60 * 60_000;
/** A day that could not be compared for so long raises an alarm. */
const OVERDUE_MS = 3 * DAY_MS;
const TOTALS_LIFETIME_MS = 400 * DAY_MS;

/** Compares the days that have settled by `now`. `names` are those of the events that this service meters. */
export async function checkTotals(
  d1: D1Database,
  countEvents: CountEvents,
  names: string[],
  now: Date,
): Promise<void> {
  const retryAt = new Date(now.getTime() + RETRY_MS);
  for (const total of await findDueChecks(d1, now, MAX_CHECKS_PER_RUN)) {
    if (!(await claimCheck(d1, total, retryAt))) continue;
    const { name, day, settledAt } = total;
    const count = await countEvents(name, startOfDay(day), endOfDay(day));
    if (count.kind === "unavailable") {
      log.error("metering_check_failed", { name, day, cause: count.cause });
      if (now.getTime() - settledAt.getTime() > OVERDUE_MS)
        log.error("metering_check_overdue", { name, day });
      return;
    }
    await compare(d1, total, count.events, names, now);
  }
}

async function compare(
  d1: D1Database,
  total: Total,
  atPolar: number,
  names: string[],
  now: Date,
): Promise<void> {
  const { name, day, events, duplicates } = total;
  // After the count. An event that was delivered in between keeps the result from being stored.
  const { undelivered, dayBeforeMetered } = await findContext(d1, total);
  const isComplete = dayBeforeMetered && names.includes(name);
  const difference = differenceOf({ events, duplicates, undelivered, atPolar, isComplete });
  const { isReported, ...result } = nextCheck(difference, total.difference, total.settledAt, now);
  const keptSince = new Date(now.getTime() - TOTALS_LIFETIME_MS);
  const isCurrent = await storeCheck(d1, total, result, { names, now, keptSince });
  if (isReported && isCurrent) {
    log.error("metering_difference", { name, day, sent: events, undelivered, atPolar, difference });
  }
}
