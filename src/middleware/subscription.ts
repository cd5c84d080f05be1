// Lets only an organisation with an active subscription through.
import { createMiddleware } from "hono/factory";
import { createBilling } from "../adapters/billing.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";

const RETRY_AFTER_SECONDS = 10;

/**
 * Requires an active subscription of the identity's organisation.
 * @throws {ApiError} `subscription_required`; `billing_unavailable` when Polar gives no answer, which is not
 * the same as "no subscription".
 */
export const subscription = createMiddleware<AppEnv>(async (c, next) => {
  const standing = await createBilling(c.var.config.polar).standingOf(c.var.identity.orgId);
  switch (standing.kind) {
    case "active":
      return next();
    case "none":
      throw new ApiError("subscription_required");
    case "unknown":
      throw new ApiError("billing_unavailable", {
        cause: standing.cause,
        headers: { "Retry-After": String(standing.retryAfterSeconds ?? RETRY_AFTER_SECONDS) },
      });
  }
});
