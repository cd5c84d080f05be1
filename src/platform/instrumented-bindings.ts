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

/** The result of `call`, counted as one operation. */
async function measure<T>(stats: OperationStats, call: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  stats.operations += 1;
  try {
    return await call();
  } finally {
    stats.milliseconds += Date.now() - startedAt;
  }
}

type Method = (...args: unknown[]) => unknown;

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
    const call = async (args: unknown[]): Promise<unknown> => Reflect.apply(method, target, args);
    switch (name) {
      case "resumeMultipartUpload":
        return (...args) => instrument(Object(Reflect.apply(method, target, args)), stats);
      case "createMultipartUpload":
        return async (...args) => instrument(Object(await measure(stats, () => call(args))), stats);
      default:
        return (...args) => measure(stats, () => call(args));
    }
  });
}

export const instrumentBucket = (bucket: R2Bucket, stats: OperationStats): R2Bucket =>
  instrument(bucket, stats);

// D1 is wrapped by classes: a first play calls four of its methods, each of which would make another proxy.

const callD1 = <T>(stats: OperationStats, call: () => Promise<T>): Promise<T> =>
  measure(stats, () => withTimeout("D1", D1_CALL_TIMEOUT_MS, call()));

class InstrumentedStatement implements D1PreparedStatement {
  readonly #statement: D1PreparedStatement;
  readonly #stats: OperationStats;

  constructor(statement: D1PreparedStatement, stats: OperationStats) {
    this.#statement = statement;
    this.#stats = stats;
  }

  bind(...values: unknown[]) {
    return new InstrumentedStatement(this.#statement.bind(...values), this.#stats);
  }

  first<T>(column?: string): Promise<T | null> {
    return callD1(this.#stats, () => this.#statement.first<T>(column as string));
  }

  run<T>() {
    return callD1(this.#stats, () => this.#statement.run<T>());
  }

  all<T>() {
    return callD1(this.#stats, () => this.#statement.all<T>());
  }

  raw<T>(options: { columnNames: true }): Promise<[string[], ...T[]]>;
  raw<T>(options?: { columnNames?: false }): Promise<T[]>;
  raw<T>(options?: object): Promise<T[]> {
    return callD1(this.#stats, () => this.#statement.raw<T>(options));
  }

  /** The statement of D1, whose batch accepts no others. */
  static unwrap(statement: D1PreparedStatement): D1PreparedStatement {
    return statement instanceof InstrumentedStatement ? statement.#statement : statement;
  }
}

abstract class Instrumented<T extends D1Database | D1DatabaseSession> {
  protected readonly binding: T;
  protected readonly stats: OperationStats;

  constructor(binding: T, stats: OperationStats) {
    this.binding = binding;
    this.stats = stats;
  }

  prepare(query: string) {
    return new InstrumentedStatement(this.binding.prepare(query), this.stats);
  }

  /** One operation: it is one network call. */
  batch<Row>(statements: D1PreparedStatement[]): Promise<D1Result<Row>[]> {
    return callD1(this.stats, () => this.binding.batch<Row>(statements.map(InstrumentedStatement.unwrap)));
  }
}

class InstrumentedSession extends Instrumented<D1DatabaseSession> implements D1DatabaseSession {
  getBookmark() {
    return this.binding.getBookmark();
  }
}

class InstrumentedDatabase extends Instrumented<D1Database> implements D1Database {
  withSession(constraintOrBookmark?: string) {
    return new InstrumentedSession(this.binding.withSession(constraintOrBookmark), this.stats);
  }

  exec(query: string) {
    return callD1(this.stats, () => this.binding.exec(query));
  }

  dump() {
    return callD1(this.stats, () => this.binding.dump());
  }
}

export const instrumentDatabase = (database: D1Database, stats: OperationStats): D1Database =>
  new InstrumentedDatabase(database, stats);
