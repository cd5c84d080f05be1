// A D1 database that reports each statement that is run on it, for the tests and the benchmarks.
import { wrapMethods } from "./wrap-methods.ts";

/** A statement that was run, and what D1 reports of it: rows read and written, and its time. */
export interface ObservedStatement {
  sql: string;
  parameters: unknown[];
  meta: D1Meta;
}

interface Prepared {
  sql: string;
  parameters: unknown[];
  statement: D1PreparedStatement;
}

/** What the statements of observed databases stand for: a batch takes D1's own. */
const originals = new WeakMap<object, Prepared>();

/**
 * `database`, and its sessions, with each statement reported to `observe`. Results pass through. A method whose result
 * has no metadata is replaced by one that has.
 */
export function observeStatements<T extends D1Database | D1DatabaseSession>(
  database: T,
  observe: (statement: ObservedStatement) => void,
): T {
  function report<Result extends D1Result>({ sql, parameters }: Prepared, result: Result): Result {
    observe({ sql, parameters, meta: result.meta });
    return result;
  }

  function observed(prepared: Prepared): D1PreparedStatement {
    const { sql, statement } = prepared;
    const all = async () => report(prepared, await statement.all());
    const proxy = wrapMethods(statement, (name, method) => {
      switch (name) {
        case "bind":
          return (...parameters) => observed({ sql, parameters, statement: statement.bind(...parameters) });
        case "run":
        case "all":
          return all;
        case "first":
          return async (column) => {
            const row = (await all()).results[0] as Record<string, unknown> | undefined;
            return (column === undefined ? row : row?.[String(column)]) ?? null;
          };
        case "raw":
          return async () => (await all()).results.map((row) => Object.values(row));
        default:
          return (...args) => Reflect.apply(method, statement, args);
      }
    });
    originals.set(proxy, prepared);
    return proxy;
  }

  return wrapMethods(database, (name, method) => {
    switch (name) {
      case "prepare":
        return (sql) =>
          observed({ sql: String(sql), parameters: [], statement: database.prepare(String(sql)) });
      case "batch":
        return async (statements) => {
          const batch = (statements as object[]).map((proxy) => originals.get(proxy) as Prepared);
          const results = await database.batch(batch.map(({ statement }) => statement));
          return results.map((result, index) => report(batch[index] as Prepared, result));
        };
      case "withSession":
        return (constraint) =>
          observeStatements((database as D1Database).withSession(constraint as D1SessionConstraint), observe);
      default:
        return (...args) => Reflect.apply(method, database, args);
    }
  });
}
