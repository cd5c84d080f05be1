// Limits how many voices a user and an organisation may start to create in a minute. Runs before Polar is asked.
import { createMiddleware } from "hono/factory";
import type { SessionEnv } from "../auth/session.ts";
import { ApiError } from "../platform/errors.ts";
import { log } from "../platform/logger.ts";

/** The period of VOICE_CREATION_RATE_LIMIT in wrangler.toml. The binding does not report when a slot is free again. */
const PERIOD_SECONDS = 60;

/**
 * Counts the user first: organisations cost a user nothing, and one who is over the limit takes none of the
 * organisation's creations.
 * @throws {ApiError} `rate_limited`
 */
export const limitVoiceCreation = createMiddleware<SessionEnv>(async (c, next) => {
  const { userId, orgId } = c.var.identity;
  const keys = [`user:${userId}`, `org:${orgId}`];
  const isAllowed = await isWithinLimits(c.env.VOICE_CREATION_RATE_LIMIT, keys).catch((cause: unknown) => {
    // The limit protects from excess, not from unauthorised use: creation continues without it.
    log.error("rate_limit_failed", { cause });
    return true;
  });
  if (!isAllowed) throw new ApiError("rate_limited", { headers: { "Retry-After": String(PERIOD_SECONDS) } });
  await next();
});

async function isWithinLimits(limiter: RateLimit, keys: string[]): Promise<boolean> {
  for (const key of keys) {
    const { success } = await limiter.limit({ key });
    if (!success) return false;
  }
  return true;
}
