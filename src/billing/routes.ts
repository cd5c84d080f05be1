// POST /api/webhooks/polar: Polar tells that a customer's subscription has changed.
import type { Context } from "hono";
import type { AppEnv } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { keepSubscription } from "./subscription-queries.ts";
import { readBillingNotice } from "./webhook.ts";

/** Keeps what a signed notice says. One that comes twice, or after a later one, changes nothing. */
export async function receivePolarWebhook(c: Context<AppEnv>) {
  const secret = c.var.config.polar.webhookSecret;
  // Without a secret nobody could be believed: the address is not there.
  if (!secret) throw new ApiError("not_found");
  const notice = await readBillingNotice(await c.req.text(), c.req.raw.headers, secret);
  switch (notice.kind) {
    case "forged":
      throw new ApiError("invalid_signature");
    case "subscription":
      await keepSubscription(c.var.database, notice.orgId, { active: notice.active, confirmedAt: notice.at });
      break;
    case "other":
  }
  return c.body(null, 204);
}
