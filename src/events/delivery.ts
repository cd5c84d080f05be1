// Delivers the change feed. An event stays in the outbox until the receiver accepts it, and the next one of its object
// is sent only then. Several runs at once may send an event twice, but never a later one of its object before it.
import { clampRetryAfterMs, retryAfterFailure } from "../platform/delivery-retry.ts";
import type { EventReceiver } from "../platform/env.ts";
import { log } from "../platform/logger.ts";
import {
  type ClaimedEvent,
  claimEvents,
  deleteDelivered,
  type FailedEvent,
  markDelivered,
  pauseFeed,
  storeFailures,
} from "./outbox.ts";
import { type SendResult, sendEvent } from "./receiver.ts";

/** Longer than a request with its timeout, and the time that D1 may take before and after it. */
const LEASE_MS = 120_000;
/** A claim that took longer is not used: its lease could end while the event is being sent. */
const MAX_CLAIM_MS = 30_000;
/** A Worker has six connections at once; the other jobs need some. */
const CONCURRENT_REQUESTS = 4;
/**
 * Rounds in a row of which nothing is accepted, after which a run ends although the receiver answers: it may be down all
 * the same, behind a page of errors.
 */
const MAX_REFUSED_ROUNDS = 3;
const DELIVERED_LIFETIME_MS = 7 * 24 * 60 * 60_000;
const MAX_DELETIONS_PER_RUN = 1_000;

interface Limits {
  requests: number;
  /** No request starts later. */
  budgetMs: number;
}

/**
 * Of 10,000 subrequests and 1,000 D1 queries that a Worker may make (pages "Limits" of Workers and D1), and less than a
 * minute with the last request.
 */
const CRON: Limits = { requests: 200, budgetMs: 40_000 };
/** `waitUntil` lasts 30 seconds after the response; one request takes up to half of that. */
const BACKGROUND: Limits = { requests: 20, budgetMs: 8_000 };

/** Delivers what is due at `now`, and deletes what was delivered more than a week before. The next run continues. */
export async function deliverDueEvents(d1: D1Database, receiver: EventReceiver, now: Date): Promise<void> {
  await deliver(d1, receiver, now, CRON);
  const before = new Date(now.getTime() - DELIVERED_LIFETIME_MS);
  await deleteDelivered(d1, before, MAX_DELETIONS_PER_RUN);
}

/** Delivers the events of objects that have just changed. What fails is left to the cron. */
export const deliverEventsOf = (
  d1: D1Database,
  receiver: EventReceiver,
  objectIds: string[],
): Promise<void> => deliver(d1, receiver, new Date(), BACKGROUND, objectIds);

/** Sends in rounds, until nothing is due, the limits are reached, or the receiver seems to be down. */
async function deliver(
  d1: D1Database,
  receiver: EventReceiver,
  now: Date,
  { requests, budgetMs }: Limits,
  objectIds?: string[],
): Promise<void> {
  const startedAt = performance.now();
  let refusedRounds = 0;
  for (let left = requests; left > 0 && performance.now() - startedAt < budgetMs; ) {
    const claimedAt = performance.now();
    // A late cron has a scheduled time in the past, from which a lease would be over too soon.
    const at = new Date(Math.max(now.getTime(), Date.now()));
    const leaseUntil = new Date(at.getTime() + LEASE_MS);
    const events = await claimEvents(d1, at, leaseUntil, Math.min(left, CONCURRENT_REQUESTS), objectIds);
    if (events.length === 0 || performance.now() - claimedAt > MAX_CLAIM_MS) return;
    const results = await Promise.all(
      events.map(async (event) => ({ event, result: await sendEvent(receiver, event) })),
    );
    await store(d1, results, at, leaseUntil);
    const isAccepted = results.some(({ result }) => result.kind === "accepted");
    refusedRounds = isAccepted ? 0 : refusedRounds + 1;
    const isDown = results.some(
      ({ result }) => result.kind === "unavailable" && (!isAccepted || result.pauseSeconds),
    );
    if (isDown || refusedRounds === MAX_REFUSED_ROUNDS) return;
    left -= events.length;
  }
}

interface Sent {
  event: ClaimedEvent;
  result: SendResult;
}

/** Stores the results of a round. */
async function store(d1: D1Database, results: Sent[], at: Date, leaseUntil: Date): Promise<void> {
  const accepted = results.filter(({ result }) => result.kind === "accepted");
  const failed = results.flatMap(({ event, result }) =>
    result.kind === "accepted" ? [] : { event, pauseSeconds: undefined, ...result },
  );
  // First: a write that fails below must not lose what the receiver asked for.
  const pauseSeconds = Math.max(0, ...failed.map((failure) => failure.pauseSeconds ?? 0));
  if (pauseSeconds > 0) await pauseFeed(d1, new Date(at.getTime() + clampRetryAfterMs(pauseSeconds)));
  if (accepted.length > 0) {
    const sequences = accepted.map(({ event }) => event.sequence);
    await markDelivered(d1, sequences, leaseUntil, at);
  }
  const retries = failed.map(({ event, cause, pauseSeconds }) =>
    toFailedEvent(event, cause, at, pauseSeconds),
  );
  await storeFailures(d1, retries, leaseUntil);
}

function toFailedEvent(event: ClaimedEvent, cause: string, at: Date, pauseSeconds?: number): FailedEvent {
  const { sequence, objectId, id, type } = event;
  const retry = retryAfterFailure(event, cause, at, pauseSeconds);
  log.error("event_delivery_failed", { eventId: id, type, cause });
  if (retry.stuckAt) log.error("event_stuck", { eventId: id, type, failures: retry.attempts });
  return { sequence, objectId, ...retry };
}
