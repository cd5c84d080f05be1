// Lets only an organisation with an active subscription through.
import { createMiddleware } from "hono/factory";
import { defer } from "../platform/background.ts";
import type { AppEnv } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { log } from "../platform/logger.ts";
import { createBilling } from "./polar.ts";
import { isBelievedInOutage, isFreshlyActive } from "./subscription-freshness.ts";
import { findSubscription, type KnownSubscription, keepSubscription } from "./subscription-queries.ts";

const RETRY_AFTER_SECONDS = 10;

/**
 * Requires an active subscription of the identity's organisation. Polar is asked unless it said "active" a short
 * while ago; its "no" is never remembered in the place of asking.
 * @throws {ApiError} `subscription_required`; `billing_unavailable` when Polar gives no answer, which is not
 * the same as "no subscription", and has not said "active" within the hour.
 */
export const subscription = createMiddleware<AppEnv>(async (c, next) => {
  const { orgId } = c.var.identity;
  const askedAt = new Date();
  const known = await findSubscription(c.var.database, orgId).catch(unknown);
  if (isFreshlyActive(known, askedAt)) return next();

  const standing = await createBilling(c.var.config.polar).standingOf(orgId);
  switch (standing.kind) {
    case "active":
      defer(
        c,
        "keep_subscription",
        keepSubscription(c.var.database, orgId, { active: true, confirmedAt: askedAt }),
      );
      return next();
    case "none":
      if (known?.active) {
        await keepSubscription(c.var.database, orgId, { active: false, confirmedAt: askedAt }).catch(unknown);
      }
      throw new ApiError("subscription_required");
    case "unknown":
      if (isBelievedInOutage(known, askedAt)) return next();
      throw new ApiError("billing_unavailable", {
        cause: standing.cause,
        headers: { "Retry-After": String(standing.retryAfterSeconds ?? RETRY_AFTER_SECONDS) },
      });
  }
});

/** A memory that fails is one that knows nothing. */
function unknown(cause: unknown): KnownSubscription | null {
  log.error("subscription_memory_failed", { cause });
  return null;
}
