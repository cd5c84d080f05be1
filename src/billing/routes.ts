// POST /api/webhooks/polar: Polar reports that the subscriptions of a customer changed.
import { createFactory } from "hono/factory";
import { type BaseEnv, readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { limitJsonBody } from "../platform/validation.ts";
import { upsertSubscription } from "./subscription-queries.ts";
import { verifyBillingWebhook } from "./webhook.ts";

/** Disabled (404) when POLAR_WEBHOOK_SECRET is unset. A repeated or outdated webhook changes nothing. */
export const receivePolarWebhook = createFactory<BaseEnv>().createHandlers(limitJsonBody, async (c) => {
  const secret = readConfig(c.env).polar.webhookSecret;
  if (!secret) throw new ApiError("not_found");
  const webhook = await verifyBillingWebhook(await c.req.text(), c.req.raw.headers, secret);
  switch (webhook.kind) {
    case "invalid-signature":
      throw new ApiError("invalid_signature");
    case "subscription": {
      const { orgId, active, at } = webhook;
      await upsertSubscription(c.var.database, orgId, { active, confirmedAt: at });
      break;
    }
    case "other":
  }
  return c.body(null, 204);
});
