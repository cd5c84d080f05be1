// D1 and R2 bindings that count their operations and add up their time. Results pass through unchanged. Every D1 call
// has a timeout here, because every request and every run of the cron calls D1 through these bindings.
import { D1_CALL_TIMEOUT_MS } from "./database.ts";
import { withTimeout } from "./timeout.ts";

/** The operations of a binding. Durations of concurrent operations are added up. */
export interface OperationStats {
  operations: number;
  milliseconds: number;
}

export const newStats = (): OperationStats => ({ operations: 0, milliseconds: 0 });

type Method = (...args: unknown[]) => unknown;

/** Calls `method` of `target` as one operation. */
async function measure(
  stats: OperationStats,
  target: object,
  method: Method,
  args: unknown[],
): Promise<unknown> {
  const startedAt = Date.now();
  stats.operations += 1;
  try {
    return await Reflect.apply(method, target, args);
  } finally {
    stats.milliseconds += Date.now() - startedAt;
  }
}

/** A proxy of `target` whose methods are replaced by what `wrap` returns for them. */
export function wrapMethods<T extends object>(target: T, wrap: (name: string, method: Method) => Method): T {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? wrap(String(name), member as Method) : member;
    },
  });
}

/** A bucket, or a multipart upload: each call is an operation, except resuming an upload. */
function instrument<T extends object>(target: T, stats: OperationStats): T {
  return wrapMethods(target, (name, method) => {
    switch (name) {
      case "resumeMultipartUpload":
        return (...args) => instrument(Object(Reflect.apply(method, target, args)), stats);
      case "createMultipartUpload":
        return async (...args) => instrument(Object(await measure(stats, target, method, args)), stats);
      default:
        return (...args) => measure(stats, target, method, args);
    }
  });
}

export const instrumentBucket = (bucket: R2Bucket, stats: OperationStats): R2Bucket =>
  instrument(bucket, stats);

/** A batch counts as one operation: it is one network call. Every operation has a timeout. */
export function instrumentDatabase<T extends D1Database | D1DatabaseSession>(
  database: T,
  stats: OperationStats,
): T {
  const call = (target: object, method: Method, args: unknown[]) =>
    withTimeout("D1", D1_CALL_TIMEOUT_MS, measure(stats, target, method, args));
  // D1's batch accepts only its own statements, not proxies of them.
  const originals = new WeakMap<object, object>();
  const instrumentStatement = (statement: object): object => {
    const proxy = wrapMethods(statement, (name, method) =>
      name === "bind"
        ? (...args) => instrumentStatement(Object(Reflect.apply(method, statement, args)))
        : (...args) => call(statement, method, args),
    );
    originals.set(proxy, statement);
    return proxy;
  };
  return wrapMethods(database, (name, method) => {
    switch (name) {
      case "prepare":
        return (query) => instrumentStatement(Object(Reflect.apply(method, database, [query])));
      case "withSession":
        return (constraint) =>
          instrumentDatabase(Reflect.apply(method, database, [constraint]) as D1DatabaseSession, stats);
      case "getBookmark":
        return () => Reflect.apply(method, database, []);
      case "batch":
        return (statements) => {
          const unwrapped = (statements as object[]).map(
            (statement) => originals.get(statement) ?? statement,
          );
          return call(database, method, [unwrapped]);
        };
      default:
        return (...args) => call(database, method, args);
    }
  });
}
