// Generations in the OpenAPI document, except their audio.
import * as z from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import { errorResponses, jsonResponse, SESSION_ERRORS } from "../platform/openapi.ts";
import { pageOf } from "../platform/pagination.ts";
import { generationListQuery, generationResource } from "./schema.ts";

export const generationPaths: ZodOpenApiPathsObject = {
  "/api/generations": {
    get: {
      operationId: "listGenerations",
      summary: "List generations",
      description:
        "The organisation's generations, the newest first, with the first 1,000 characters of each text.",
      tags: ["Generations"],
      requestParams: { query: generationListQuery },
      responses: {
        "200": jsonResponse("One page", pageOf(generationResource)),
        ...errorResponses([...SESSION_ERRORS, "invalid_input"]),
      },
    },
  },
  "/api/generations/{generationId}": {
    get: {
      operationId: "getGeneration",
      summary: "Get a generation",
      tags: ["Generations"],
      requestParams: { path: z.object({ generationId: z.string() }) },
      responses: {
        "200": jsonResponse("The generation", generationResource),
        ...errorResponses([...SESSION_ERRORS, "generation_not_found"]),
      },
    },
  },
};
