// A D1 database that adds up what its statements report: rows read and written, and their time.
import { wrapMethods } from "../dev/wrap-methods.ts";

export interface Meter {
  rowsRead: number;
  rowsWritten: number;
  milliseconds: number;
}

/** Adds the metadata of every result to `meter`. A statement that returns none is run by a method that returns it. */
export function meteredDatabase(database: D1Database, meter: Meter): D1Database {
  const originals = new WeakMap<object, D1PreparedStatement>();
  const count = <R extends D1Result>(result: R): R => {
    meter.rowsRead += result.meta.rows_read;
    meter.rowsWritten += result.meta.rows_written;
    meter.milliseconds += result.meta.duration;
    return result;
  };
  const wrap = (prepared: D1PreparedStatement): D1PreparedStatement => {
    const proxy = wrapMethods(prepared, (name, method) => {
      switch (name) {
        case "bind":
          return (...values) => wrap(prepared.bind(...values));
        case "run":
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
  return wrapMethods(database, (name, method) => {
    switch (name) {
      case "prepare":
        return (query) => wrap(database.prepare(String(query)));
      case "batch":
        return async (statements) => {
          const unwrapped = (statements as D1PreparedStatement[]).map((each) => originals.get(each) ?? each);
          return (await database.batch(unwrapped)).map(count);
        };
      default:
        return method;
    }
  });
}
