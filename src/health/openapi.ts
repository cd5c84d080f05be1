// GET /health in the OpenAPI document.
import type { ZodOpenApiPathsObject } from "zod-openapi";
import { jsonResponse, responsesFor } from "../platform/openapi.ts";
import { healthResponse } from "./schema.ts";

export const healthPaths: ZodOpenApiPathsObject = {
  "/health": {
    get: {
      operationId: "getHealth",
      summary: "Check the health of the service",
      description:
        "The result is cached for ten seconds. The cron runs each minute: a `lastCronAt` that is minutes old means that " +
        "events and cleanups wait.",
      tags: ["Service"],
      security: [],
      responses: {
        "200": jsonResponse("The service is healthy", healthResponse),
        ...responsesFor(["unhealthy"]),
      },
    },
  },
};
