// GET /health: whether this deployment is configured and reaches D1 and R2. For monitors; tells nothing of anybody.
import type { Context } from "hono";
import { describeAudio } from "../platform/audio-store.ts";
import { type AppEnv, readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { memoryOf } from "../platform/isolate-cache.ts";
import { log } from "../platform/logger.ts";
import { probeVoices } from "../voices/queries.ts";
import { type Health, isHealthy } from "./schema.ts";

/** Nothing is stored there: the bucket is only asked whether it answers. */
const PROBE_KEY = "health";

/** Anybody may ask: what was found is told for ten seconds. Clerk and Polar have status pages of their own. */
export async function getHealth(c: Context<AppEnv>) {
  const { health: memory } = memoryOf(c.env);
  let health = memory.get("latest");
  if (!health) {
    health = await examine(c);
    memory.set("latest", health);
  }
  if (!isHealthy(health)) throw new ApiError("unhealthy", { members: { checks: health } });
  return c.json({ status: "ok" as const, checks: health }, 200);
}

async function examine(c: Context<AppEnv>): Promise<Health> {
  const [configuration, database, bucket] = await Promise.all([
    passes("configuration", async () => readConfig(c.env)),
    passes("database", () => probeVoices(c.var.database)),
    passes("bucket", () => describeAudio(c.var.bucket, PROBE_KEY)),
  ]);
  return { configuration, database, bucket };
}

async function passes(part: string, check: () => Promise<unknown>): Promise<boolean> {
  try {
    await check();
    return true;
  } catch (cause) {
    log.error("health_check_failed", { part, cause });
    return false;
  }
}
