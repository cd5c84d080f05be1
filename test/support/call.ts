// Requests to the Worker as the outside makes them, with its deferred work done before the answer is looked at.
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "../../src/index.ts";
import { sessionToken } from "./tokens.ts";

export interface Call extends RequestInit {
  /** The organisation to be signed in for; nobody when absent. */
  as?: string;
  /** Replaces bindings or variables of the Worker's environment. */
  env?: Partial<Record<keyof Env, unknown>> & Record<string, unknown>;
}

export async function call(path: string, { as, env: overrides, ...init }: Call = {}): Promise<Response> {
  const request = new Request(`https://app.example.com${path}`, init);
  if (as) request.headers.set("Authorization", `Bearer ${await sessionToken({ orgId: as })}`);
  const ctx = createExecutionContext();
  const response = await worker.fetch(request, { ...env, ...overrides } as Env, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

/** A binding whose method `name` fails; the others work. */
export function failing<T extends object>(binding: T, name: keyof T): T {
  return replacing(binding, name, () => Promise.reject(new Error("injected fault")));
}

/** A database on which the statements that match `sql` fail when they run; the others work. */
export function failingOn(database: D1Database, sql: RegExp): D1Database {
  const fail = () => Promise.reject(new Error("injected fault"));
  const broken = { bind: () => broken, first: fail, all: fail, raw: fail, run: fail };
  return replacing(database, "prepare", (query: string) =>
    sql.test(query) ? broken : database.prepare(query),
  );
}

/** A binding that counts the calls of each of its methods. */
export function counting<T extends object>(binding: T): { binding: T; calls: Record<string, number> } {
  const calls: Record<string, number> = {};
  const counted = new Proxy(binding, {
    get(target, property) {
      const member = Reflect.get(target, property);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        calls[String(property)] = (calls[String(property)] ?? 0) + 1;
        return member.apply(target, args);
      };
    },
  });
  return { binding: counted, calls };
}

function replacing<T extends object>(binding: T, name: keyof T, replacement: unknown): T {
  return new Proxy(binding, {
    get(target, property) {
      if (property === name) return replacement;
      const member = Reflect.get(target, property);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
