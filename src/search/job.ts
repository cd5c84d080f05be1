// The cron's job of the search index: builds it when it is new, and applies the changes that no search has applied.
import { buildNext } from "./build.ts";
import { forgetDeletions } from "./documents.ts";
import { applyChanges, type Databases } from "./feed.ts";

/** Rows of three statements, and their tokens: less than 2 MB of parameters, and about a tenth of a second. */
const CHANGES_PER_BATCH = 100;
/** Together with the other jobs, less than the minute until the next run. The CPU time is a fraction of it. */
const BUDGET_MS = 20_000;
/** Of 1,000 D1 queries that a Worker may make (page "Limits" of D1): a batch makes up to ten. */
const MAX_BATCHES = 40;
/** No run that read a change before its object's deletion is still writing it then. */
const DELETION_LIFETIME_MS = 24 * 60 * 60_000;
const MAX_FORGOTTEN = 1_000;

/** Continues the build and applies changes until nothing is left, or the run's limits are reached. */
export async function updateSearchIndex(databases: Databases, now: Date): Promise<void> {
  const startedAt = performance.now();
  let isBuilding = true;
  for (let batch = 0; batch < MAX_BATCHES && performance.now() - startedAt < BUDGET_MS; batch += 1) {
    // Changes wait for the build: it numbers documents in the order of their creation.
    if (isBuilding) isBuilding = (await buildNext(databases)).step !== "complete";
    else if ((await applyChanges(databases, CHANGES_PER_BATCH)) < CHANGES_PER_BATCH) break;
  }
  await forgetDeletions(databases.index, new Date(now.getTime() - DELETION_LIFETIME_MS), MAX_FORGOTTEN);
}
