// Wraps bindings so that their methods are replaced, fail, or are counted. Every other wrapper in the tests builds on it.
import { wrapMethods } from "../../dev/wrap-methods.ts";

type Replacements<T> = { [Name in keyof T]?: (...args: never[]) => unknown };

/** `binding` with some of its methods replaced. */
export function withMethods<T extends object>(binding: T, replacements: Replacements<T>): T {
  return wrapMethods(binding, (name, method) =>
    Object.hasOwn(replacements, name)
      ? (Reflect.get(replacements, name) as unknown as typeof method)
      : (...args) => Reflect.apply(method, binding, args),
  );
}

interface Failures {
  /** How many calls fail; all when absent. */
  times?: number;
  /** How many calls succeed before the first failure. */
  after?: number;
}

/** `binding` whose method `name` rejects. */
export function failing<T extends object>(
  binding: T,
  name: keyof T,
  { times = Number.POSITIVE_INFINITY, after = 0 }: Failures = {},
): T {
  let calls = 0;
  const method = Reflect.get(binding, name) as (...args: unknown[]) => unknown;
  const replacement = (...args: unknown[]) => {
    calls += 1;
    const fails = calls > after && calls <= after + times;
    return fails ? Promise.reject(new Error("injected fault")) : method.apply(binding, args);
  };
  return withMethods(binding, { [name]: replacement } as unknown as Replacements<T>);
}

/** A database whose queries are replaced by `rewrite` before they are prepared, in sessions too. */
function rewritingQueries(
  database: D1Database,
  rewrite: (query: string, constraint: D1SessionConstraint | undefined) => string,
): D1Database {
  const rewriting = <T extends D1Database | D1DatabaseSession>(target: T, constraint?: D1SessionConstraint) =>
    withMethods<D1Database | D1DatabaseSession>(target, {
      prepare: (query: string) => target.prepare(rewrite(query, constraint)),
    }) as T;
  return withMethods(rewriting(database), {
    withSession: (constraint?: D1SessionConstraint) =>
      rewriting(database.withSession(constraint), constraint),
  });
}

/** A database on which queries that match `sql` fail when they run, as does a batch that contains one. */
export const failingQueries = (database: D1Database, sql: RegExp): D1Database =>
  rewritingQueries(database, (query) => (sql.test(query) ? "injected fault" : query));

/** A number of calls by method, or of queries by session constraint. */
export type Counts = Record<string, number>;

const increment = (counts: Counts, name: string) => {
  counts[name] = (counts[name] ?? 0) + 1;
};

/** A bucket that counts the calls of each of its methods. */
export function countingBucket(bucket: R2Bucket): { binding: R2Bucket; calls: Counts } {
  const calls: Counts = {};
  const binding = wrapMethods(bucket, (name, method) => (...args) => {
    increment(calls, name);
    return Reflect.apply(method, bucket, args);
  });
  return { binding, calls };
}

/** A database that counts the queries of each session constraint; those outside of a session count as `default`. */
export function countingDatabase(database: D1Database): { binding: D1Database; calls: Counts } {
  const calls: Counts = {};
  const binding = rewritingQueries(database, (query, constraint) => {
    increment(calls, constraint ?? "default");
    return query;
  });
  return { binding, calls };
}

/** A bucket that runs `beforePart` before it stores each part of a multipart upload. */
export const beforeEachPart = (bucket: R2Bucket, beforePart: () => Promise<void>): R2Bucket =>
  withMethods(bucket, {
    createMultipartUpload: async (key: string) => {
      const upload = await bucket.createMultipartUpload(key);
      return withMethods(upload, {
        uploadPart: async (...args: Parameters<R2MultipartUpload["uploadPart"]>) => {
          await beforePart();
          return upload.uploadPart(...args);
        },
      });
    },
  });
