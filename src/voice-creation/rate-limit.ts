// Bounds how often an organisation may start something costly.
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { log } from "../platform/logger.ts";

/** The period of CREATE_LIMIT in wrangler.toml: the binding tells no more than yes or no. */
const PERIOD_SECONDS = 60;

/** @throws {ApiError} `rate_limited` */
export const createLimit = createMiddleware<AppEnv>(async (c, next) => {
  const { success } = await c.env.CREATE_LIMIT.limit({ key: c.var.identity.orgId }).catch((cause) => {
    // The limit protects from excess, not from strangers: without it the service goes on.
    log.error("rate_limit_failed", { cause });
    return { success: true };
  });
  if (!success) throw new ApiError("rate_limited", { headers: { "Retry-After": String(PERIOD_SECONDS) } });
  await next();
});
