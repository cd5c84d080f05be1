// Middleware that lets only organisations with an active subscription pass.
import { createMiddleware } from "hono/factory";
import type { SessionEnv } from "../auth/session.ts";
import { readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { log } from "../platform/logger.ts";
import { checkSubscription } from "./subscription-check.ts";
import { freshnessOf } from "./subscription-freshness.ts";
import { findSubscription } from "./subscription-queries.ts";

const RETRY_AFTER_SECONDS = 10;

/**
 * Requires an active subscription of the identity's organisation. The stored state decides while it is fresh: a minute,
 * or a day where the webhook reports changes. Then Polar is asked, within the call budget, and an organisation that was
 * active within the last hour continues while it cannot be. "No subscription" is never taken from the stored state.
 * @throws {ApiError} `subscription_required`; `billing_busy` when the call budget is spent, `billing_unavailable` when
 * Polar gives no usable response, and it confirmed no subscription within the last hour
 */
export const requireSubscription = createMiddleware<SessionEnv>(async (c, next) => {
  const { orgId } = c.var.identity;
  const hasWebhook = readConfig(c.env).polar.webhookSecret !== undefined;
  // The stored state only saves calls to Polar: without it, Polar is asked.
  const known = await findSubscription(c.var.database, orgId).catch((cause: unknown) => {
    log.error("subscription_state_failed", { cause });
    return null;
  });
  const freshness = freshnessOf(known, new Date(), hasWebhook);
  if (freshness === "fresh") return next();

  const priority = freshness === "stale" ? "deferrable" : "required";
  const result = await checkSubscription(c, { orgId, known, priority });
  if (result.kind === "active") return next();
  if (result.kind === "none") throw new ApiError("subscription_required");
  if (freshness === "stale") return next();
  const { retryAfterSeconds = RETRY_AFTER_SECONDS } = result;
  const headers = { "Retry-After": String(retryAfterSeconds) };
  if (result.kind === "busy") throw new ApiError("billing_busy", { headers });
  throw new ApiError("billing_unavailable", { cause: result.cause, headers });
});
