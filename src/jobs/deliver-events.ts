// Brings the outbox to Polar: an event stays due until Polar has it, however often that fails.
import type { Billing, Delivery } from "../adapters/billing.ts";
import { findDueEvents, markDelivered, type PendingEvent, postpone } from "../adapters/outbox.ts";
import { log } from "../log.ts";
import { backoffMs } from "../rules/backoff.ts";

/** At once and in one statement: D1 takes a hundred parameters. */
const BATCH = 80;
const MAX_BATCHES = 25;
/** Failures after which an operator should look: about a day of them. */
const STUCK_AFTER = 10;
/** Left to the delivery behind the answer before the cron takes the event up. */
const HEAD_START_MS = 60_000;

/** When an event that happens at `now` is first due for the cron. */
export const firstDueAt = (now: Date): Date => new Date(now.getTime() + HEAD_START_MS);

/** Delivers all that is due at `now`, until nothing is or Polar does not take any more. */
export async function deliverDue(d1: D1Database, billing: Billing, now: Date): Promise<void> {
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const events = await findDueEvents(d1, now, BATCH);
    if (events.length === 0 || !(await deliver(d1, billing, events, now))) return;
  }
}

/** Delivers `events`, of which there is at least one. Answers whether it is worth going on with others. */
export async function deliver(
  d1: D1Database,
  billing: Billing,
  events: PendingEvent[],
  now: Date,
): Promise<boolean> {
  const delivery = await billing.report(events);
  if (delivery.kind === "delivered") {
    const ids = events.map(({ id }) => id);
    await markDelivered(d1, ids, now);
    return true;
  }
  if (delivery.kind === "refused" && events.length > 1) {
    // One that Polar finds fault with must not hold up the others.
    const half = Math.ceil(events.length / 2);
    return (
      (await deliver(d1, billing, events.slice(0, half), now)) &&
      (await deliver(d1, billing, events.slice(half), now))
    );
  }
  await putOff(d1, events, delivery, now);
  return delivery.kind === "refused";
}

async function putOff(
  d1: D1Database,
  events: PendingEvent[],
  delivery: Exclude<Delivery, { kind: "delivered" }>,
  now: Date,
): Promise<void> {
  const wished = delivery.kind === "unavailable" ? delivery.retryAfterSeconds : undefined;
  const lastError = delivery.cause instanceof Error ? delivery.cause.message : String(delivery.cause);
  const postponements = events.map(({ id, attempts, stuckAt }) => {
    const failures = attempts + 1;
    const isStuck = failures >= STUCK_AFTER;
    if (isStuck) log.error("metering_event_stuck", { eventId: id, failures, cause: delivery.cause });
    return {
      id,
      dueAt: new Date(now.getTime() + backoffMs(failures, Math.random(), wished)),
      stuckAt: isStuck ? (stuckAt ?? now) : null,
      lastError,
    };
  });
  log.error("metering_delivery_failed", { events: events.length, cause: delivery.cause });
  await postpone(d1, postponements);
}
