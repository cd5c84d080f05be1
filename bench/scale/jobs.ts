// What the cron's jobs, the change feed and /health query. The queues are as long as after a day of failures.
import {
  claimEvents,
  deleteDelivered,
  markDelivered,
  pauseFeed,
  storeFailures,
} from "../../src/events/outbox.ts";
import { findLastCronRun, recordCronRun } from "../../src/health/heartbeat.ts";
import { findStaleLeases } from "../../src/ingest/queries.ts";
import { deletePendingObjects, deleteQueuedObjects } from "../../src/platform/object-deletions.ts";
import {
  deleteExpiredIdempotencyKeys,
  deleteUploads,
  expireStaleUploads,
  markCleanedUp,
} from "../../src/voice-creation/cleanup-queries.ts";
import { NOW } from "./data.ts";
import { scenario } from "./scenario.ts";

const MINUTE_MS = 60_000;
const BATCH = 80;
/** Batches of the queue of objects in one run of the cron. */
const OBJECT_BATCHES = 25;
const LEASE = new Date(NOW.getTime() + MINUTE_MS);
const HOUR_AGO = new Date(NOW.getTime() - 60 * MINUTE_MS);
const DAY_AGO = new Date(NOW.getTime() - 24 * 60 * MINUTE_MS);
const WEEK_AGO = new Date(NOW.getTime() - 7 * 24 * 60 * MINUTE_MS);

/** A bucket without a request to R2: only its queries are measured. */
const BUCKET = { delete: async () => undefined } as unknown as R2Bucket;

const RETRY = { attempts: 1, dueAt: LEASE, stuckAt: null, lastError: "down" };
const ids = (prefix: string, from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}${from + i}`);

export const jobs = [
  scenario("claim changes", claimEvents, () => [NOW, LEASE, 4], { maxRowsRead: 300 }),
  scenario("claim the changes of an object", claimEvents, (run) => [NOW, LEASE, 4, [`due_${2000 + run}`]]),
  scenario("mark changes as delivered", markDelivered, () => [[1, 2, 3, 4], LEASE, NOW]),
  scenario("store failures of changes", storeFailures, () => [
    [{ sequence: 1, objectId: "due_1", ...RETRY }],
    LEASE,
  ]),
  scenario("pause the change feed", pauseFeed, () => [HOUR_AGO]),
  scenario("delete delivered changes", deleteDelivered, () => [NOW, BATCH], { maxRowsRead: 4 * BATCH }),
  scenario("no delivered change to delete", deleteDelivered, () => [WEEK_AGO, BATCH]),
  scenario("delete due objects", deletePendingObjects, () => [BUCKET, NOW], {
    maxRowsRead: OBJECT_BATCHES * BATCH * 8,
  }),
  scenario("delete objects", deleteQueuedObjects, () => [BUCKET, ids("deleted/", 0, 100), NOW], {
    maxRowsRead: 800,
  }),
  scenario("no stale lease of an upload", findStaleLeases, () => [HOUR_AGO, DAY_AGO, BATCH]),
  scenario("find stale leases a day later", findStaleLeases, () => [HOUR_AGO, NOW, BATCH], {
    maxRowsRead: 8 * BATCH,
  }),
  scenario("no stale upload to expire", expireStaleUploads, () => [HOUR_AGO, DAY_AGO, BATCH]),
  scenario("expire stale uploads a day later", expireStaleUploads, () => [HOUR_AGO, NOW, BATCH], {
    maxRowsRead: 16 * BATCH,
  }),
  scenario("record cleaned-up uploads", markCleanedUp, (run) => [ids("gone_", run * BATCH, BATCH), NOW], {
    maxRowsRead: 4 * BATCH,
  }),
  scenario("delete cleaned-up uploads", deleteUploads, (run) => [ids("gone_", run * BATCH, BATCH)], {
    maxRowsRead: 4 * BATCH,
  }),
  scenario("delete expired Idempotency-Keys", deleteExpiredIdempotencyKeys, () => [NOW, BATCH], {
    maxRowsRead: 8 * BATCH,
  }),
  scenario("no expired Idempotency-Key to delete", deleteExpiredIdempotencyKeys, () => [WEEK_AGO, BATCH]),
  scenario("record the run of the cron", recordCronRun, () => [NOW]),
  scenario("the last run of the cron", findLastCronRun, () => []),
];
