// Delivers the outbox to Polar. An event stays due until Polar confirms it.
import { MAX_ROWS_PER_STATEMENT } from "../platform/database.ts";
import { clampRetryAfterMs, retryAfterFailure } from "../platform/delivery-retry.ts";
import { log } from "../platform/logger.ts";
import { findDueEvents, markDelivered, type PendingEvent, reschedule, rescheduleAllDue } from "./outbox.ts";
import type { Billing, DeliveryResult } from "./polar.ts";

/** A Worker may make a limited number of subrequests; the next run continues. */
const MAX_REQUESTS_PER_RUN = 40;
/** How long the cron leaves a new event to the request that created it. */
const HEAD_START_MS = 60_000;

/** When an event that occurs at `now` is first due for the cron. */
export const firstDueAt = (now: Date): Date => new Date(now.getTime() + HEAD_START_MS);

/** Delivers the events that are due at `now` until none is left, Polar is unavailable, or the run's limit is reached. */
export async function deliverDue(d1: D1Database, billing: Billing, now: Date): Promise<void> {
  let batches: PendingEvent[][] = [];
  for (let requests = 0; requests < MAX_REQUESTS_PER_RUN; requests += 1) {
    const events = batches.pop() ?? (await findDueEvents(d1, now, MAX_ROWS_PER_STATEMENT));
    if (events.length === 0) return;
    const result = await deliver(d1, billing, events, now);
    if (result.kind === "unavailable") return honourRetryAfter(d1, result, now);
    // Bisect: one event that Polar refuses must not block the others.
    if (result.kind === "refused" && events.length > 1) {
      const half = Math.ceil(events.length / 2);
      batches = [...batches, events.slice(half), events.slice(0, half)];
    }
  }
}

/** A Retry-After applies to every due event, not only to those of the request. */
async function honourRetryAfter(
  d1: D1Database,
  { retryAfterSeconds }: Extract<DeliveryResult, { kind: "unavailable" }>,
  now: Date,
): Promise<void> {
  if (!retryAfterSeconds) return;
  await rescheduleAllDue(d1, now, new Date(now.getTime() + clampRetryAfterMs(retryAfterSeconds)));
}

/** Delivers at least one event, or schedules the retry. Several events that were refused together stay due. */
export async function deliver(
  d1: D1Database,
  billing: Billing,
  events: PendingEvent[],
  now: Date,
): Promise<DeliveryResult> {
  const result = await billing.deliverEvents(events);
  if (result.kind === "delivered") {
    const ids = events.map(({ id }) => id);
    await markDelivered(d1, ids, now);
  } else if (result.kind === "unavailable" || events.length === 1) {
    await scheduleRetry(d1, events, result, now);
  }
  return result;
}

async function scheduleRetry(
  d1: D1Database,
  events: PendingEvent[],
  result: Exclude<DeliveryResult, { kind: "delivered" }>,
  now: Date,
): Promise<void> {
  const retryAfterSeconds = result.kind === "unavailable" ? result.retryAfterSeconds : undefined;
  log.error("metering_delivery_failed", { events: events.length, cause: result.cause });
  const reschedules = events.map((event) => {
    const retry = retryAfterFailure(event, result.cause, now, retryAfterSeconds);
    if (retry.stuckAt) log.error("metering_event_stuck", { eventId: event.id, failures: retry.attempts });
    return { id: event.id, ...retry };
  });
  await reschedule(d1, reschedules);
}
