// Brings the outbox to Polar: an event stays due until Polar has it, however often that fails.

import { log } from "../platform/logger.ts";
import { backoffMs, waitMs } from "./backoff.ts";
import { deferDue, findDueEvents, markDelivered, type PendingEvent, postpone } from "./outbox.ts";
import type { Billing, Delivery } from "./polar.ts";

/** At once and in one statement: D1 takes a hundred parameters. */
const BATCH = 80;
/** In one run of the cron, of which a Worker may make so many; the next one goes on. */
const MAX_REQUESTS = 40;
/** Failures after which an operator should look: some hours of them. */
const STUCK_AFTER = 10;
/** Left to the delivery behind the answer before the cron takes the event up. */
const HEAD_START_MS = 60_000;
const MAX_ERROR_CHARACTERS = 500;

/** When an event that happens at `now` is first due for the cron. */
export const firstDueAt = (now: Date): Date => new Date(now.getTime() + HEAD_START_MS);

/** Delivers all that is due at `now`, until nothing is, Polar takes no more, or enough has been asked of it. */
export async function deliverDue(d1: D1Database, billing: Billing, now: Date): Promise<void> {
  let waiting: PendingEvent[][] = [];
  for (let requests = 0; requests < MAX_REQUESTS; requests += 1) {
    const events = waiting.pop() ?? (await findDueEvents(d1, now, BATCH));
    if (events.length === 0) return;
    const delivery = await deliver(d1, billing, events, now);
    if (delivery.kind === "unavailable") return deferOthers(d1, delivery, now);
    // One that Polar finds fault with must not hold up the others.
    if (delivery.kind === "refused" && events.length > 1) {
      const half = Math.ceil(events.length / 2);
      waiting = [...waiting, events.slice(half), events.slice(0, half)];
    }
  }
}

/** Where Polar asks to be left alone, that goes for all. */
async function deferOthers(
  d1: D1Database,
  { retryAfterSeconds }: Extract<Delivery, { kind: "unavailable" }>,
  now: Date,
): Promise<void> {
  if (retryAfterSeconds) await deferDue(d1, now, new Date(now.getTime() + waitMs(retryAfterSeconds)));
}

/** Delivers `events`, of which there is at least one, or puts them off; several that were refused stay due. */
export async function deliver(
  d1: D1Database,
  billing: Billing,
  events: PendingEvent[],
  now: Date,
): Promise<Delivery> {
  const delivery = await billing.report(events);
  if (delivery.kind === "delivered") {
    const ids = events.map(({ id }) => id);
    await markDelivered(d1, ids, now);
  } else if (delivery.kind === "unavailable" || events.length === 1) {
    await putOff(d1, events, delivery, now);
  }
  return delivery;
}

async function putOff(
  d1: D1Database,
  events: PendingEvent[],
  delivery: Exclude<Delivery, { kind: "delivered" }>,
  now: Date,
): Promise<void> {
  const wished = delivery.kind === "unavailable" ? delivery.retryAfterSeconds : undefined;
  const lastError = String(delivery.cause).slice(0, MAX_ERROR_CHARACTERS);
  log.error("metering_delivery_failed", { events: events.length, cause: delivery.cause });
  const postponements = events.map(({ id, attempts, stuckAt }) => {
    const failures = attempts + 1;
    const isStuck = failures >= STUCK_AFTER;
    if (isStuck) log.error("metering_event_stuck", { eventId: id, failures });
    return {
      id,
      dueAt: new Date(now.getTime() + backoffMs(failures, Math.random(), wished)),
      stuckAt: isStuck ? (stuckAt ?? now) : null,
      lastError,
    };
  });
  await postpone(d1, postponements);
}
