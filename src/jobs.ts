// The cron's jobs. A job that fails is logged and does not stop the others. When all have ended, the run is recorded.
import { checkTotals } from "./billing/daily-check.ts";
import { deliverDue, pruneDelivered } from "./billing/delivery.ts";
import { createBilling } from "./billing/polar.ts";
import { createEventCounter } from "./billing/polar-events.ts";
import { reconcileSubscriptions } from "./billing/reconciliation.ts";
import { deliverDueEvents } from "./events/delivery.ts";
import { recordCronRun } from "./health/heartbeat.ts";
import { rollbackStaleUploads } from "./ingest/cleanup.ts";
import { meteredNames, readConfig } from "./platform/env.ts";
import { log, withRequestId } from "./platform/logger.ts";
import { deletePendingObjects } from "./platform/object-deletions.ts";
import { instrumentBindings } from "./platform/request-log.ts";
import { updateSearchIndex } from "./search/job.ts";
import { cleanUpIdempotencyKeys, cleanUpStaleUploads } from "./voice-creation/cleanup.ts";

/** Runs every job as of `now`. */
export async function runJobs(env: Env, now: Date): Promise<void> {
  const { database, searchDatabase: index, bucket } = instrumentBindings(env);
  const { polar, meters, events } = readConfig(env);
  const billing = createBilling(polar);
  const hasWebhook = polar.webhookSecret !== undefined;
  const logFailure = (job: string) => (cause: unknown) => log.error(`${job}_failed`, { cause });
  await withRequestId(`cron-${now.toISOString()}`, async () => {
    await Promise.all([
      deliverDue(database, billing, now).catch(logFailure("deliver_events")),
      pruneDelivered(database, now).catch(logFailure("prune_delivered_events")),
      checkTotals(database, createEventCounter(polar), meteredNames(meters), now).catch(
        logFailure("check_metering"),
      ),
      reconcileSubscriptions(database, billing, hasWebhook, now).catch(logFailure("reconcile_subscriptions")),
      events && deliverDueEvents(database, events, now).catch(logFailure("deliver_change_events")),
      deletePendingObjects(database, bucket, now).catch(logFailure("delete_pending_objects")),
      cleanUpStaleUploads(database, bucket, now).catch(logFailure("clean_up_uploads")),
      rollbackStaleUploads(database, bucket, now).catch(logFailure("roll_back_generation_uploads")),
      cleanUpIdempotencyKeys(database, now).catch(logFailure("clean_up_idempotency_keys")),
      updateSearchIndex({ database, index }, now).catch(logFailure("update_search_index")),
    ]);
    // The real time, also when the local stack runs the jobs as of another: monitors compare it with their clock.
    await recordCronRun(database, new Date()).catch(logFailure("record_cron_run"));
  });
}
