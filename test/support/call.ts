// Sends requests to the Worker. `call` waits for the background work of a request before it returns the response.
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "../../src/index.ts";
import { analysisReading } from "./analysis.ts";
import { type Counts, countingBucket, countingDatabase } from "./bindings.ts";
import { expectMatchesOpenApi } from "./openapi-conformance.ts";
import { reusableSessionToken } from "./tokens.ts";

export interface Call extends RequestInit {
  /** The organisation of the session; without a session when absent. */
  as?: string;
  /** Replaces bindings or variables of the Worker's environment. */
  env?: Overrides;
  /** The isolate that receives the request, with its caches; a new one when absent. */
  isolate?: Env;
}

type Overrides = Partial<Record<keyof Env, unknown>> & Record<string, unknown>;

/** The environment of a new isolate, whose caches are empty. The analysis Worker reads the bucket of `overrides`. */
export const newIsolate = (overrides: Overrides = {}) =>
  ({ ...env, ...(overrides.AUDIO ? analysisReading(overrides.AUDIO as R2Bucket) : {}), ...overrides }) as Env;

interface CountingIsolate {
  isolate: Env;
  /** D1 queries by session constraint, so far. */
  d1: Counts;
  /** R2 calls by method, so far. */
  r2: Counts;
}

/** A new isolate that counts its D1 queries and R2 calls. */
export function newCountingIsolate(overrides: Overrides = {}): CountingIsolate {
  const database = countingDatabase(env.DB);
  const bucket = countingBucket(env.AUDIO);
  const isolate = newIsolate({ DB: database.binding, AUDIO: bucket.binding, ...overrides });
  return { isolate, d1: database.calls, r2: bucket.calls };
}

/** Sends a request, waits for its background work, and checks that the response matches the OpenAPI document. */
export async function call(path: string, { as, ...init }: Call = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (as) headers.set("Authorization", `Bearer ${await reusableSessionToken(as)}`);
  const { request, response: pending, backgroundWork } = dispatch(path, { ...init, headers });
  const response = await pending;
  await backgroundWork();
  await expectMatchesOpenApi(request, response);
  return response;
}

/** Sends a request for a path or a URL. `backgroundWork` waits for what continues after the response. */
export function dispatch(path: string, { env: overrides, isolate, ...init }: Omit<Call, "as">) {
  const request = new Request(new URL(path, "https://app.example.com"), init);
  const ctx = createExecutionContext();
  return {
    request,
    response: Promise.resolve(worker.fetch(request, isolate ?? newIsolate(overrides), ctx)),
    backgroundWork: () => waitOnExecutionContext(ctx),
  };
}

/** The status of a response, after its body was read. */
export async function statusOf(pending: Promise<Response>): Promise<number> {
  const response = await pending;
  await response.arrayBuffer();
  return response.status;
}

/** The body of a response. */
export const bytesOf = async (response: Response | Promise<Response>): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await (await response).arrayBuffer());
