// Every request leaves a line in the log and an id in its answer, by which the two are found again.
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { AppEnv } from "./env.ts";
import { observedBucket, observedDatabase, type Usage, unused } from "./instrumented-bindings.ts";
import { log, withRequestId } from "./logger.ts";

/** What a caller may call its request; another id is replaced, as is one that looks like the cron's. */
const REQUEST_ID = /^(?!cron-)[\w.-]{1,64}$/;

/** Sets the bindings `database` and `bucket`, observed, and `X-Request-Id` and `Server-Timing` in the answer. */
export const observation = createMiddleware<AppEnv>(async (c, next) => {
  const startedAt = Date.now();
  const wished = c.req.header("X-Request-Id");
  const requestId = wished && REQUEST_ID.test(wished) ? wished : crypto.randomUUID();
  const [d1, r2] = [unused(), unused()];
  c.set("requestId", requestId);
  c.set("database", c.env.DB && observedDatabase(c.env.DB, d1));
  c.set("bucket", c.env.AUDIO && observedBucket(c.env.AUDIO, r2));
  await withRequestId(requestId, async () => {
    await next();
    const milliseconds = Date.now() - startedAt;
    const { status, headers } = c.res;
    headers.set("X-Request-Id", requestId);
    headers.set("Server-Timing", `${timing("d1", d1)}, ${timing("r2", r2)}, total;dur=${milliseconds}`);
    log.info("request", {
      method: c.req.method,
      route: matchedRoute(routePath(c, -1)),
      status,
      orgId: c.var.identity?.orgId ?? c.var.actsFor,
      bytesIn: lengthOf(c.req.raw.headers),
      bytesOut: c.req.method === "HEAD" ? 0 : lengthOf(headers),
      cache: headers.get("Cache-Status") ?? undefined,
      d1,
      r2,
      milliseconds,
    });
  });
});

/** Server Timing, W3C: a name, a duration in milliseconds, and how many operations it stands for. */
const timing = (name: string, { operations, milliseconds }: Usage) =>
  `${name};dur=${milliseconds};desc="${operations}"`;

/** Null for a path of which there is only middleware. */
const matchedRoute = (path: string) => (path.endsWith("*") ? null : path);

const lengthOf = (headers: Headers) => {
  const length = headers.get("Content-Length");
  return length === null ? undefined : Number(length);
};
