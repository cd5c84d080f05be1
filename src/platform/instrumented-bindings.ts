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

// Classes, because a play calls few methods of each binding: a proxy makes a closure for each call, and takes more CPU.

class InstrumentedUpload implements R2MultipartUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly #upload: R2MultipartUpload;
  readonly #stats: OperationStats;

  constructor(upload: R2MultipartUpload, stats: OperationStats) {
    this.key = upload.key;
    this.uploadId = upload.uploadId;
    this.#upload = upload;
    this.#stats = stats;
  }

  uploadPart(...args: Parameters<R2MultipartUpload["uploadPart"]>) {
    return measure(this.#stats, () => this.#upload.uploadPart(...args));
  }

  complete(parts: R2UploadedPart[]) {
    return measure(this.#stats, () => this.#upload.complete(parts));
  }

  abort() {
    return measure(this.#stats, () => this.#upload.abort());
  }
}

class InstrumentedBucket implements R2Bucket {
  readonly #bucket: R2Bucket;
  readonly #stats: OperationStats;

  constructor(bucket: R2Bucket, stats: OperationStats) {
    this.#bucket = bucket;
    this.#stats = stats;
  }

  head(key: string) {
    return measure(this.#stats, () => this.#bucket.head(key));
  }

  get(key: string, options?: R2GetOptions): Promise<R2ObjectBody | null> {
    return measure(this.#stats, () => this.#bucket.get(key, options));
  }

  put(...args: Parameters<R2Bucket["put"]>): Promise<R2Object> {
    return measure(this.#stats, () => this.#bucket.put(...args));
  }

  delete(keys: string | string[]) {
    return measure(this.#stats, () => this.#bucket.delete(keys));
  }

  list(options?: R2ListOptions) {
    return measure(this.#stats, () => this.#bucket.list(options));
  }

  async createMultipartUpload(key: string, options?: R2MultipartOptions) {
    const upload = await measure(this.#stats, () => this.#bucket.createMultipartUpload(key, options));
    return new InstrumentedUpload(upload, this.#stats);
  }

  /** No operation. */
  resumeMultipartUpload(key: string, uploadId: string) {
    return new InstrumentedUpload(this.#bucket.resumeMultipartUpload(key, uploadId), this.#stats);
  }
}

export const instrumentBucket = (bucket: R2Bucket, stats: OperationStats): R2Bucket =>
  new InstrumentedBucket(bucket, stats);

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
    // D1 takes an undefined column as an absent one; its types do not say so.
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
