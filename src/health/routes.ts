// GET /health, for monitors: whether this deployment is configured and reaches D1 and R2. Reveals no data.
import { drizzle } from "drizzle-orm/d1";
import { createFactory } from "hono/factory";
import { headAudio } from "../platform/audio-store.ts";
import { type BaseEnv, readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { isolateCache, lru } from "../platform/isolate-cache.ts";
import { log } from "../platform/logger.ts";
import { voices } from "../platform/schema.ts";
import { type Health, isHealthy } from "./schema.ts";

/** No object has this key: the bucket only has to respond. */
const PROBE_KEY = "health";
/** The endpoint is public, so its result is cached. */
const RESULT_TTL_MS = 10_000;

const results = isolateCache(() => lru<Health>());

/** Clerk and Polar are not checked: they have status pages of their own. */
export const getHealth = createFactory<BaseEnv>().createHandlers(async (c) => {
  const cache = results(c.env);
  let checks = cache.get("latest");
  if (!checks) {
    checks = await runChecks(c.env, c.var.database, c.var.bucket);
    cache.set("latest", checks, { maxAge: RESULT_TTL_MS });
  }
  if (!isHealthy(checks)) throw new ApiError("unhealthy", { members: { checks } });
  return c.json({ status: "ok" as const, checks }, 200);
});

async function runChecks(env: Env, database: D1Database, bucket: R2Bucket): Promise<Health> {
  const [configuration, databaseOk, bucketOk] = await Promise.all([
    passes("configuration", async () => readConfig(env)),
    // Fails also when the migrations were not applied.
    passes("database", () => drizzle(database).select({ id: voices.id }).from(voices).limit(1)),
    passes("bucket", () => headAudio(bucket, PROBE_KEY)),
  ]);
  return { configuration, database: databaseOk, bucket: bucketOk };
}

async function passes(part: keyof Health, check: () => Promise<unknown>): Promise<boolean> {
  try {
    await check();
    return true;
  } catch (cause) {
    log.error("health_check_failed", { part, cause });
    return false;
  }
}
