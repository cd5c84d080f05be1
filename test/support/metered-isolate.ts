// Isolates that count what D1 and R2 charge for: rows read and written, and operations.
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { wrapMethods } from "../../dev/wrap-methods.ts";
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

/** Adds up the metadata of every result. A statement that returns none is run by a method that returns it. */
function metered<T extends D1Database | D1DatabaseSession>(database: T, cost: Cost): T {
  const originals = new WeakMap<object, D1PreparedStatement>();
  const count = <R extends D1Result>(result: R): R => {
    cost.rowsRead += result.meta.rows_read;
    cost.rowsWritten += result.meta.rows_written;
    return result;
  };
  const statement = (prepared: D1PreparedStatement): D1PreparedStatement => {
    const proxy = wrapMethods(prepared, (name, method) => {
      switch (name) {
        case "bind":
          return (...values) => statement(prepared.bind(...values));
        case "run":
          return async () => count(await prepared.run());
        case "all":
          return async () => count(await prepared.all());
        case "first":
          return async () => count(await prepared.all()).results[0] ?? null;
        case "raw":
          return async () => count(await prepared.all()).results.map((row) => Object.values(row));
        default:
          return method;
      }
    });
    originals.set(proxy, prepared);
    return proxy;
  };
  const batch = async (statements: D1PreparedStatement[]) =>
    (await database.batch(statements.map((each) => originals.get(each) ?? each))).map(count);
  return wrapMethods(database, (name, method) => {
    switch (name) {
      case "prepare":
        return (query) => statement(database.prepare(String(query)));
      case "batch":
        return (statements) => batch(statements as D1PreparedStatement[]);
      case "withSession":
        return (constraint) =>
          metered((database as D1Database).withSession(constraint as D1SessionConstraint), cost);
      default:
        return method;
    }
  });
}

/** What `work` costs in an isolate of its own. */
export async function costOf(
  work: (isolate: Env) => Promise<unknown>,
  overrides: Partial<Env> | typeof EVENTS = {},
): Promise<Cost> {
  const { isolate, cost } = meteredIsolate(overrides);
  await work(isolate);
  return cost;
}
