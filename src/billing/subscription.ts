// Middleware that lets only organisations with an active subscription pass.
import { createMiddleware } from "hono/factory";
import type { SessionEnv } from "../auth/session.ts";
import { runInBackground } from "../platform/background.ts";
import { readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { isolateCache, lru } from "../platform/isolate-cache.ts";
import { log } from "../platform/logger.ts";
import { createBilling } from "./polar.ts";
import { isFresh, isWithinOutageGrace } from "./subscription-freshness.ts";
import { findSubscription, type SubscriptionRow, upsertSubscription } from "./subscription-queries.ts";

const RETRY_AFTER_SECONDS = 10;
/**
 * Long enough that a refused client that repeats its request costs few calls. Without the webhook, it is also how long
 * somebody who has just subscribed can still be refused.
 */
const NONE_TTL_MS = 10_000;

/** When Polar was last asked about an organisation and knew no active subscription. */
const knownNone = isolateCache(() => lru<number>());

/**
 * Requires an active subscription of the identity's organisation. Polar is asked unless it confirmed one within the
 * last minute, or none within the last ten seconds in this isolate. "No subscription" is never taken from the stored
 * state; a stored "active", for instance from a webhook, precedes a remembered "none". Concurrent requests each ask:
 * an isolate may not wait for the I/O of another request, which can end without an answer.
 * @throws {ApiError} `subscription_required`; `billing_unavailable` when Polar gives no usable response and has not
 * confirmed a subscription within the last hour
 */
export const requireSubscription = createMiddleware<SessionEnv>(async (c, next) => {
  const { orgId } = c.var.identity;
  const askedAt = new Date();
  const known = await findSubscription(c.var.database, orgId).catch(logAndIgnore);
  if (isFresh(known, askedAt)) return next();
  const none = knownNone(c.env);
  if (askedAt.getTime() - (none.get(orgId) ?? 0) < NONE_TTL_MS) throw new ApiError("subscription_required");

  const status = await createBilling(readConfig(c.env).polar).getSubscriptionStatus(orgId);
  switch (status.kind) {
    case "active": {
      const confirmed = { active: true, confirmedAt: askedAt };
      runInBackground(c, "upsert_subscription", upsertSubscription(c.var.database, orgId, confirmed));
      return next();
    }
    case "none":
      none.set(orgId, askedAt.getTime());
      if (known?.active) {
        const confirmed = { active: false, confirmedAt: askedAt };
        await upsertSubscription(c.var.database, orgId, confirmed).catch(logAndIgnore);
      }
      throw new ApiError("subscription_required");
    case "unknown":
      if (isWithinOutageGrace(known, askedAt)) return next();
      throw new ApiError("billing_unavailable", {
        cause: status.cause,
        headers: { "Retry-After": String(status.retryAfterSeconds ?? RETRY_AFTER_SECONDS) },
      });
  }
});

/** The stored state only saves calls to Polar: without it, Polar is asked. */
function logAndIgnore(cause: unknown): SubscriptionRow | null {
  log.error("subscription_state_failed", { cause });
  return null;
}
