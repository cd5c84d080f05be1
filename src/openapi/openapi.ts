// GET /api/openapi.json in the OpenAPI document.
import * as z from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import { errorResponses, jsonResponse } from "../platform/openapi.ts";

export const openApiPaths: ZodOpenApiPathsObject = {
  "/api/openapi.json": {
    get: {
      operationId: "getOpenApiDocument",
      summary: "Get this document",
      tags: ["Service"],
      security: [],
      responses: {
        "200": jsonResponse("The OpenAPI 3.1 document", z.looseObject({ openapi: z.string() })),
        ...errorResponses([]),
      },
    },
  },
};
