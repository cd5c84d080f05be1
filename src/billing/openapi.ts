// Polar's webhook in the OpenAPI document.
import * as z from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import { errorResponses, requestIdHeader } from "../platform/openapi.ts";

export const billingPaths: ZodOpenApiPathsObject = {
  "/api/webhooks/polar": {
    post: {
      operationId: "receivePolarWebhook",
      summary: "Receive a changed subscription",
      description:
        "Polar's `customer.state_changed`, signed as Standard Webhooks specifies. Other events are ignored.",
      tags: ["Service"],
      security: [],
      requestParams: {
        header: z.object({
          "webhook-id": z.string(),
          "webhook-timestamp": z.string(),
          "webhook-signature": z.string(),
        }),
      },
      requestBody: { required: true, content: { "application/json": {} } },
      responses: {
        "204": { description: "The event was received", headers: requestIdHeader },
        ...errorResponses(["invalid_signature", "not_found", "body_too_large"]),
      },
    },
  },
};
