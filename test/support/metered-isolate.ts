// Isolates that count what D1 and R2 charge for: rows read and written, and operations.
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { observeStatements } from "../../dev/observed-d1.ts";
import { countingBucket } from "./bindings.ts";
import { newIsolate, statusOf } from "./call.ts";
import type { EVENTS } from "./events.ts";
import { INGEST_SECRET } from "./ingest.ts";

/** Written by each run of the cron. */
export const HEARTBEAT_ROWS = 1;

export const expectSuccess = async (pending: Promise<Response>): Promise<void> =>
  expect([200, 201]).toContain(await statusOf(pending));

export interface Cost {
  rowsRead: number;
  rowsWritten: number;
  r2: Record<string, number>;
}

/** An isolate, and what D1 and R2 charge for its operations. */
export function meteredIsolate(overrides: Partial<Env> | typeof EVENTS = {}): { isolate: Env; cost: Cost } {
  const bucket = countingBucket(env.AUDIO);
  const cost: Cost = { rowsRead: 0, rowsWritten: 0, r2: bucket.calls };
  const bindings = {
    DB: metered(env.DB, cost),
    SEARCH_DB: metered(env.SEARCH_DB, cost),
    AUDIO: bucket.binding,
    INGEST_SECRET,
    ...overrides,
  };
  return { isolate: newIsolate(bindings), cost };
}

/** A database whose statements add to `cost`. */
const metered = (database: D1Database, cost: Cost): D1Database =>
  observeStatements(database, ({ meta }) => {
    cost.rowsRead += meta.rows_read;
    cost.rowsWritten += meta.rows_written;
  });

/** What `work` costs in an isolate of its own. */
export async function costOf(
  work: (isolate: Env) => Promise<unknown>,
  overrides: Partial<Env> | typeof EVENTS = {},
): Promise<Cost> {
  const { isolate, cost } = meteredIsolate(overrides);
  await work(isolate);
  return cost;
}
