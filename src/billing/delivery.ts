// Delivers the outbox to Polar. An event stays due until Polar confirms it. Runs may overlap: Polar deduplicates what
// both send, and what both store counts once.
import { retryAfterFailure } from "../platform/delivery-retry.ts";
import { log } from "../platform/logger.ts";
import { type Batch, inGroups, MAX_BATCH_EVENTS, sortOut } from "./batches.ts";
import { isPaused, pauseCalls } from "./call-budget.ts";
import { deleteDelivered, findDueEvents, markDelivered, type PendingEvent, storeFailures } from "./outbox.ts";
import type { Billing, DeliveryResult } from "./polar.ts";

/**
 * Of Polar's 500 a minute (60 for an account that it has restricted), which the subscription checks need. With them come
 * at most 120 of the 1000 D1 queries of an invocation.
 */
const MAX_REQUESTS_PER_RUN = 40;
/** A Worker has six connections at once, of which the change feed uses four. */
const CONCURRENT_REQUESTS = 2;
/** No request starts later, so that a run ends before the next one begins. */
const BUDGET_MS = 35_000;
/** A request with a thousand events may take longer than the others. */
const BATCH_TIMEOUT_SECONDS = 20;
/** As many as it takes to divide a batch down to single events, of which the second is sent: then Polar is down. */
const MAX_FAILURES_IN_ROW = 7;
/** How long the cron leaves a new event to the request that created it. */
const HEAD_START_MS = 60_000;
/** A month, and four days to ask about its invoice. */
const DELIVERED_LIFETIME_MS = 35 * 24 * 60 * 60_000;
/** 7.2 million a day. */
const MAX_DELETIONS_PER_RUN = 5_000;
const MAX_LOGGED_IDS = 10;

/** When an event that occurs at `now` is first due for the cron. */
export const firstDueAt = (now: Date): Date => new Date(now.getTime() + HEAD_START_MS);

/** Deletes up to 5000 events that were delivered 35 days before `now`. */
export const pruneDelivered = (d1: D1Database, now: Date): Promise<void> =>
  deleteDelivered(d1, new Date(now.getTime() - DELIVERED_LIFETIME_MS), MAX_DELETIONS_PER_RUN);

/** Delivers what is due at `now` until none is left, Polar is unavailable, or the run's limits are reached. */
export async function deliverDue(d1: D1Database, billing: Billing, now: Date): Promise<void> {
  if (await isPaused(d1, now)) return;
  const startedAt = performance.now();
  let queue: Batch<PendingEvent>[] = [];
  let failuresInRow = 0;
  // One at a time until Polar has accepted one: while it is down, a run sends as little as possible.
  let width = 1;
  for (let left = MAX_REQUESTS_PER_RUN; left > 0 && performance.now() - startedAt < BUDGET_MS; ) {
    if (queue.length === 0) queue = await findBatches(d1, now, width);
    const round = queue.splice(0, Math.min(width, left));
    if (round.length === 0) return;
    left -= round.length;
    const results = await Promise.all(
      round.map(async (batch) => ({
        batch,
        result: await billing.deliverEvents(batch.events, BATCH_TIMEOUT_SECONDS),
      })),
    );
    let isUnavailable = false;
    for (const { batch, result } of results) {
      switch (result.kind) {
        case "delivered":
          await markDelivered(d1, idsOf(batch.events), now, unexpectedDuplicates(batch, result));
          [failuresInRow, width] = [0, CONCURRENT_REQUESTS];
          break;
        case "refused":
        case "failed": {
          const { failed, again } = sortOut(batch, result);
          await storeRetries(d1, failed, now);
          queue.unshift(...again);
          if (result.kind === "failed") [failuresInRow, width] = [failuresInRow + 1, 1];
          else failuresInRow = 0;
          break;
        }
        case "unavailable":
          isUnavailable = true;
          if (result.retryAfterSeconds !== undefined) await pauseCalls(d1, result.retryAfterSeconds, now);
          await storeRetries(d1, withCause(batch.events, result.cause), now, result.retryAfterSeconds);
      }
    }
    if (isUnavailable || failuresInRow >= MAX_FAILURES_IN_ROW) break;
  }
  await storeUnsettled(d1, queue, now);
}

const findBatches = async (d1: D1Database, now: Date, count: number): Promise<Batch<PendingEvent>[]> =>
  inGroups(await findDueEvents(d1, now, count * MAX_BATCH_EVENTS), MAX_BATCH_EVENTS).map((events) => ({
    events,
  }));

/** Counts a failure for the events that were sent in vain, and that the run has not come to again. */
async function storeUnsettled(d1: D1Database, queue: Batch<PendingEvent>[], now: Date): Promise<void> {
  const failed = queue.flatMap(({ events, earlierFailure }) =>
    earlierFailure ? withCause(events, earlierFailure.cause) : [],
  );
  await storeRetries(d1, failed, now);
}

/** Delivers the event of a request that has just created it, or schedules the retry. */
export async function deliver(
  d1: D1Database,
  billing: Billing,
  event: PendingEvent,
  now: Date,
): Promise<void> {
  const result = await billing.deliverEvents([event]);
  if (result.kind === "delivered") {
    await markDelivered(d1, [event.id], now, unexpectedDuplicates({ events: [event] }, result));
  } else {
    const retryAfterSeconds = result.kind === "unavailable" ? result.retryAfterSeconds : undefined;
    if (retryAfterSeconds !== undefined) await pauseCalls(d1, retryAfterSeconds, now);
    await storeRetries(d1, [{ event, cause: result.cause }], now, retryAfterSeconds);
  }
}

/** How many events of a batch Polar may have had before they were ever sent. After a failure, it may have any. */
const unexpectedDuplicates = (
  { events, earlierFailure }: Batch<PendingEvent>,
  { duplicates }: Extract<DeliveryResult, { kind: "delivered" }>,
): number =>
  earlierFailure ? 0 : Math.min(duplicates, events.filter(({ attempts }) => attempts === 0).length);

const idsOf = (events: PendingEvent[]) => events.map(({ id }) => id);
const withCause = (events: PendingEvent[], cause: unknown) => events.map((event) => ({ event, cause }));

async function storeRetries(
  d1: D1Database,
  failed: { event: PendingEvent; cause: unknown }[],
  now: Date,
  retryAfterSeconds?: number,
): Promise<void> {
  if (failed.length === 0) return;
  log.error("metering_delivery_failed", { events: failed.length, cause: failed[0]?.cause });
  const retries = failed.map(({ event, cause }) => ({
    id: event.id,
    ...retryAfterFailure(event, cause, now, retryAfterSeconds),
  }));
  const stuck = retries.filter(({ stuckAt }) => stuckAt !== null);
  if (stuck.length > 0) {
    const eventIds = stuck.slice(0, MAX_LOGGED_IDS).map(({ id }) => id);
    log.error("metering_event_stuck", { events: stuck.length, eventIds });
  }
  await storeFailures(d1, retries);
}
