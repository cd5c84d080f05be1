// POST /api/webhooks/polar: Polar reports that the subscriptions of a customer changed.
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { type BaseEnv, readConfig } from "../platform/env.ts";
import { ApiError, respondWithError } from "../platform/errors.ts";
import { createFactory } from "../platform/handlers.ts";
import { storeReport } from "./subscription-queries.ts";
import { verifyBillingWebhook } from "./webhook.ts";
import { parseSignatureHeaders, type SignatureHeaders } from "./webhook-headers.ts";

/**
 * A customer's state with one subscription has about 2 KB. The customer and each subscription and benefit can have
 * metadata of 27,000 characters (50 pairs of 40 and 500, server/polar/kit/metadata.py): enough for nine of them in ASCII.
 */
const MAX_WEBHOOK_BYTES = 256 * 1024;

interface WebhookEnv extends BaseEnv {
  Variables: BaseEnv["Variables"] & { webhookSecret: string; signatureHeaders: SignatureHeaders };
}

/** @throws {ApiError} `not_found` when POLAR_WEBHOOK_SECRET is unset; `invalid_signature` */
const requireSignatureHeaders = createMiddleware<WebhookEnv>(async (c, next) => {
  const secret = readConfig(c.env).polar.webhookSecret;
  if (!secret) throw new ApiError("not_found");
  const headers = parseSignatureHeaders(c.req.raw.headers, new Date());
  if (!headers) throw new ApiError("invalid_signature");
  c.set("webhookSecret", secret);
  c.set("signatureHeaders", headers);
  await next();
});

/** @throws {ApiError} `body_too_large` */
const limitWebhookBody = bodyLimit({
  maxSize: MAX_WEBHOOK_BYTES,
  onError: (c) => respondWithError(new ApiError("body_too_large"), c),
});

/** The headers are checked before the body is read. A repeated or outdated webhook changes nothing. */
export const receivePolarWebhook = createFactory<BaseEnv>().createHandlers(
  requireSignatureHeaders,
  limitWebhookBody,
  async (c) => {
    const { signatureHeaders, webhookSecret } = c.var;
    const webhook = await verifyBillingWebhook(
      await c.req.text(),
      signatureHeaders,
      webhookSecret,
      new Date(),
    );
    switch (webhook.kind) {
      case "invalid-signature":
        throw new ApiError("invalid_signature");
      case "subscription": {
        const { orgId, active, at } = webhook;
        await storeReport(c.var.database, { orgId, active, confirmedAt: at });
        break;
      }
      case "other":
    }
    return c.body(null, 204);
  },
);
