// What is not for the front end, in the API's description.
import * as z from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import { answersOf, errorAnswers, requestIdHeader } from "../platform/openapi.ts";
import { json } from "../voices/openapi.ts";
import { healthyResource } from "./schema.ts";

export const servicePaths: ZodOpenApiPathsObject = {
  "/api/webhooks/polar": {
    post: {
      operationId: "receivePolarWebhook",
      summary: "Hear of a changed subscription",
      description:
        "Polar's `customer.state_changed`, signed as standardwebhooks.com has it. Other events change nothing.",
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
        "204": { description: "It was heard", headers: requestIdHeader },
        ...errorAnswers(["invalid_signature", "not_found", "body_too_large"]),
      },
    },
  },
  "/api/openapi.json": {
    get: {
      operationId: "getDescription",
      summary: "This description",
      tags: ["Service"],
      security: [],
      responses: { "200": json("OpenAPI 3.1", z.looseObject({ openapi: z.string() })), ...errorAnswers([]) },
    },
  },
  "/health": {
    get: {
      operationId: "getHealth",
      summary: "Whether the service can do its work",
      description: "What was found is told for ten seconds.",
      tags: ["Service"],
      security: [],
      responses: {
        "200": json("It can", healthyResource),
        ...answersOf(["unhealthy"]),
      },
    },
  },
};
