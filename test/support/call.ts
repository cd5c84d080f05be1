// Requests to the Worker as the outside makes them, with its deferred work done before the answer is looked at.
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "../../src/index.ts";
import { expectMatchesOpenApi } from "./openapi-conformance.ts";
import { sessionToken } from "./tokens.ts";

export interface Call extends RequestInit {
  /** The organisation to be signed in for; nobody when absent. */
  as?: string;
  /** Replaces bindings or variables of the Worker's environment. */
  env?: Overrides;
  /** The isolate to ask, with what it remembers; a new one when absent. */
  isolate?: Env;
}

type Overrides = Partial<Record<keyof Env, unknown>> & Record<string, unknown>;

/** An isolate that remembers nothing yet. */
export const newIsolate = (overrides: Overrides = {}) => ({ ...env, ...overrides }) as Env;

/** Asks, and holds the answer against the API's description. */
export async function call(path: string, { as, ...init }: Call = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (as) headers.set("Authorization", `Bearer ${await sessionToken({ orgId: as })}`);
  const { request, answer, deferred } = ask(path, { ...init, headers });
  const response = await answer;
  await deferred();
  await expectMatchesOpenApi(request, response);
  return response;
}

/** A request, with its answer and the end of the work deferred behind it apart. */
export function ask(path: string, { env: overrides, isolate, ...init }: Omit<Call, "as">) {
  const request = new Request(`https://app.example.com${path}`, init);
  const ctx = createExecutionContext();
  return {
    request,
    answer: Promise.resolve(worker.fetch(request, isolate ?? newIsolate(overrides), ctx)),
    deferred: () => waitOnExecutionContext(ctx),
  };
}

/** A binding whose method `name` fails, the first `times` times; the others work. */
export function failing<T extends object>(binding: T, name: keyof T, times = Number.POSITIVE_INFINITY): T {
  let left = times;
  const method = Reflect.get(binding, name) as (...args: unknown[]) => unknown;
  return replacing(binding, name, (...args: unknown[]) => {
    left -= 1;
    return left < 0 ? method.apply(binding, args) : Promise.reject(new Error("injected fault"));
  });
}

/** A database on which the statements that match `sql` fail when they run, and their batch with them. */
export function failingOn(database: D1Database, sql: RegExp): D1Database {
  const guard = <T extends D1Database | D1DatabaseSession>(target: T) =>
    replacing(target, "prepare", (query: string) =>
      target.prepare(sql.test(query) ? "injected fault" : query),
    );
  const sessions = (constraint?: D1SessionConstraint) => guard(database.withSession(constraint));
  return replacing(guard(database), "withSession", sessions);
}

/** A bucket that counts the operations of each kind. */
export function countingBucket(bucket: R2Bucket): { binding: R2Bucket; calls: Record<string, number> } {
  const calls: Record<string, number> = {};
  return { binding: counted(bucket, calls), calls };
}

/** A database that counts the queries of each session constraint (`default` outside of one). */
export function countingDatabase(database: D1Database): {
  binding: D1Database;
  calls: Record<string, number>;
} {
  const calls: Record<string, number> = {};
  const counting = <T extends D1Database | D1DatabaseSession>(target: T, name: string) =>
    replacing(target, "prepare", (query: string) => {
      calls[name] = (calls[name] ?? 0) + 1;
      return target.prepare(query);
    });
  const sessions = (constraint: D1SessionConstraint) =>
    counting(database.withSession(constraint), constraint);
  return { binding: replacing(counting(database, "default"), "withSession", sessions), calls };
}

function counted<T extends object>(binding: T, calls: Record<string, number>): T {
  return new Proxy(binding, {
    get(target, property) {
      const member = Reflect.get(target, property);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        calls[String(property)] = (calls[String(property)] ?? 0) + 1;
        return member.apply(target, args);
      };
    },
  });
}

/** A binding with another member in the place of `name`. */
export function replacing<T extends object>(binding: T, name: keyof T, replacement: unknown): T {
  return new Proxy(binding, {
    get(target, property) {
      if (property === name) return replacement;
      const member = Reflect.get(target, property);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
