// GET /health, for monitors: whether this deployment is configured and reaches D1, R2 and the analysis Worker, and when
// its cron last ran. Reveals no data.
import { headAudio } from "../platform/audio-store.ts";
import { type BaseEnv, readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { createFactory } from "../platform/handlers.ts";
import { isolateCache, lru } from "../platform/isolate-cache.ts";
import { log } from "../platform/logger.ts";
import { withTimeout } from "../platform/timeout.ts";
import { findLastCronRun } from "./heartbeat.ts";
import type { Health } from "./schema.ts";

/** No object has this key: the bucket only has to respond. */
const PROBE_KEY = "health";
/** The endpoint is public, so its result is cached. */
const RESULT_TTL_MS = 10_000;
const ANALYSIS_TIMEOUT_MS = 5_000;

const results = isolateCache(() => lru<Health>());

/**
 * Clerk and Polar are not checked: they have status pages of their own. The age of `lastCronAt` does not decide the
 * status: users notice nothing of a cron that is late, and a new deployment's first run may take a quarter of an hour.
 */
export const getHealth = createFactory<BaseEnv>().createHandlers(async (c) => {
  const cache = results(c.env);
  let health = cache.get("latest");
  if (!health) {
    health = await checkHealth(c.env, c.var.database, c.var.bucket);
    cache.set("latest", health, { maxAge: RESULT_TTL_MS });
  }
  if (!Object.values(health.checks).every(Boolean))
    throw new ApiError("unhealthy", { members: { ...health } });
  return c.json({ status: "ok" as const, ...health }, 200);
});

async function checkHealth(env: Env, database: D1Database, bucket: R2Bucket): Promise<Health> {
  const [configuration, lastCronRun, audio, analysis] = await Promise.all([
    attempt("configuration", async () => readConfig(env)),
    // Fails also when the migrations were not applied.
    attempt("database", () => findLastCronRun(database)),
    attempt("bucket", () => headAudio(bucket, PROBE_KEY)),
    attempt("analysis", () => withTimeout("the analysis", ANALYSIS_TIMEOUT_MS, env.ANALYSIS.check())),
  ]);
  return {
    checks: {
      configuration: configuration.ok,
      database: lastCronRun.ok,
      bucket: audio.ok,
      analysis: analysis.ok,
    },
    lastCronAt: lastCronRun.ok ? (lastCronRun.value?.toISOString() ?? null) : null,
  };
}

type Attempt<T> = { ok: true; value: T } | { ok: false };

async function attempt<T>(part: keyof Health["checks"], check: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await check() };
  } catch (cause) {
    log.error("health_check_failed", { part, cause });
    return { ok: false };
  }
}
