// Limits how many voices an organisation may start to create in a minute.
import { createMiddleware } from "hono/factory";
import type { SessionEnv } from "../auth/session.ts";
import { ApiError } from "../platform/errors.ts";
import { log } from "../platform/logger.ts";

/** The period of VOICE_CREATION_RATE_LIMIT in wrangler.toml. The binding does not report when a slot is free again. */
const PERIOD_SECONDS = 60;

/** @throws {ApiError} `rate_limited` */
export const limitVoiceCreation = createMiddleware<SessionEnv>(async (c, next) => {
  const key = c.var.identity.orgId;
  const { success } = await c.env.VOICE_CREATION_RATE_LIMIT.limit({ key }).catch((cause) => {
    // The limit protects from excess, not from unauthorised use: creation continues without it.
    log.error("rate_limit_failed", { cause });
    return { success: true };
  });
  if (!success) throw new ApiError("rate_limited", { headers: { "Retry-After": String(PERIOD_SECONDS) } });
  await next();
});
