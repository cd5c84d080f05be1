// A D1 database that records each statement that is run on it, with the rows that D1 bills. Results pass through.
import { wrapMethods } from "../../dev/wrap-methods.ts";

/** A statement as D1 ran it. */
export interface RecordedStatement {
  sql: string;
  parameters: unknown[];
  rowsRead: number;
  rowsWritten: number;
  milliseconds: number;
}

interface Prepared {
  sql: string;
  parameters: unknown[];
  statement: D1PreparedStatement;
}

/** The database, and the statements so far. */
export function recordStatements(d1: D1Database): { database: D1Database; statements: RecordedStatement[] } {
  const statements: RecordedStatement[] = [];
  const prepared = new WeakMap<object, Prepared>();

  function record<Result extends D1Result>({ sql, parameters }: Omit<Prepared, "statement">, result: Result) {
    const { rows_read: rowsRead, rows_written: rowsWritten, duration: milliseconds } = result.meta;
    statements.push({ sql, parameters, rowsRead, rowsWritten, milliseconds });
    return result;
  }

  function recorded(each: Prepared): D1PreparedStatement {
    const { sql, statement } = each;
    const proxy = wrapMethods(statement, (name, method) => {
      switch (name) {
        case "bind":
          return (...parameters) => recorded({ sql, parameters, statement: statement.bind(...parameters) });
        case "run":
          return async () => record(each, await statement.run());
        case "all":
          return async () => record(each, await statement.all());
        // Has no metadata of its own.
        case "raw":
          return async () => record(each, await statement.all()).results.map((row) => Object.values(row));
        default:
          return (...args) => Reflect.apply(method, statement, args);
      }
    });
    prepared.set(proxy, each);
    return proxy;
  }

  const wrap = <T extends D1Database | D1DatabaseSession>(target: T): T =>
    wrapMethods(target, (name, method) => {
      switch (name) {
        case "prepare":
          return (sql) =>
            recorded({ sql: String(sql), parameters: [], statement: target.prepare(String(sql)) });
        case "batch":
          return async (batch) => {
            const each = (batch as object[]).map((proxy) => prepared.get(proxy) as Prepared);
            const results = await target.batch(each.map(({ statement }) => statement));
            return results.map((result, index) => record(each[index] as Prepared, result));
          };
        case "withSession":
          return (constraint) => wrap((target as D1Database).withSession(constraint as D1SessionConstraint));
        default:
          return (...args) => Reflect.apply(method, target, args);
      }
    });

  return { database: wrap(d1), statements };
}

/** A database whose first batch is applied, but whose response is lost: the caller repeats it. */
export function losingFirstResponse(d1: D1Database): D1Database {
  let isLost = false;
  return wrapMethods(d1, (name, method) => {
    if (name !== "batch") return (...args) => Reflect.apply(method, d1, args);
    return async (...args) => {
      const results: unknown = await Reflect.apply(method, d1, args);
      if (isLost) return results;
      isLost = true;
      throw new Error("Network connection lost");
    };
  });
}
