// The log line of a request, with its id, its cost in D1 and R2 operations, and its duration. Of reads that succeed, one
// in LOG_READS_ONE_IN has a line.
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { BaseEnv } from "./env.ts";
import {
  instrumentBucket,
  instrumentDatabase,
  newStats,
  type OperationStats,
} from "./instrumented-bindings.ts";
import { log, withRequestId } from "./logger.ts";

/** A slower read always has a line. */
const SLOW_MS = 1000;

/** An id that a caller may choose. Another one, or one in the form of the cron's ids, is replaced. */
const ACCEPTED_REQUEST_ID = /^(?!cron-)[\w.-]{1,64}$/;

/** The bindings of `env`, instrumented, and what was counted so far. */
export function instrumentBindings(env: Env) {
  const [d1, r2] = [newStats(), newStats()];
  return {
    // Unbound in a misconfigured deployment, which /health reports.
    database: env.DB && instrumentDatabase(env.DB, d1),
    searchDatabase: env.SEARCH_DB && instrumentDatabase(env.SEARCH_DB, d1),
    bucket: env.AUDIO && instrumentBucket(env.AUDIO, r2),
    stats: { d1, r2 },
  };
}

/** Sets the variables of {@link BaseEnv}, and `X-Request-Id` and `Server-Timing` on the response. */
export const requestLog = createMiddleware<BaseEnv>(async (c, next) => {
  const startedAt = Date.now();
  const requestedId = c.req.header("X-Request-Id");
  const requestId = requestedId && ACCEPTED_REQUEST_ID.test(requestedId) ? requestedId : crypto.randomUUID();
  const { database, searchDatabase, bucket, stats } = instrumentBindings(c.env);
  c.set("requestId", requestId);
  c.set("database", database);
  c.set("searchDatabase", searchDatabase);
  c.set("bucket", bucket);
  await next();
  const milliseconds = Date.now() - startedAt;
  const { status, headers } = c.res;
  headers.set("X-Request-Id", requestId);
  headers.set(
    "Server-Timing",
    `${serverTiming("d1", stats.d1)}, ${serverTiming("r2", stats.r2)}, total;dur=${milliseconds}`,
  );
  const { method } = c.req;
  const isRead = method === "GET" || method === "HEAD";
  const oneIn = isRead && status < 400 && milliseconds < SLOW_MS ? Number(c.env.LOG_READS_ONE_IN || 1) : 1;
  if (Math.random() * oneIn >= 1) return;
  const line = {
    method,
    route: matchedRoute(routePath(c, -1)),
    status,
    orgId: c.get("loggedOrgId"),
    bytesIn: contentLength(c.req.raw.headers),
    audio: c.get("loggedAudio"),
    bytesOut: method === "HEAD" ? 0 : contentLength(headers),
    cache: headers.get("Cache-Status") ?? undefined,
    ...stats,
    milliseconds,
    oneIn: oneIn === 1 ? undefined : oneIn,
  };
  withRequestId(requestId, () => log.info("request", line));
});

/** A metric of Server-Timing (W3C): its name, duration in milliseconds, and number of operations. */
const serverTiming = (name: string, { operations, milliseconds }: OperationStats) =>
  `${name};dur=${milliseconds};desc="${operations}"`;

/** Null for a path that only middleware matched. */
const matchedRoute = (path: string) => (path.endsWith("*") ? null : path);

function contentLength(headers: Headers): number | undefined {
  const length = headers.get("Content-Length");
  return length === null ? undefined : Number(length);
}
