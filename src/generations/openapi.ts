// Generations in the OpenAPI document, except their audio.
import * as z from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import {
  errorResponses,
  jsonResponse,
  pageOf,
  requestIdHeader,
  SESSION_ERRORS,
} from "../platform/openapi.ts";
import { deletedGenerations, generationResource } from "./resource.ts";
import { generationIds, generationListQuery } from "./schema.ts";

const generationId = z.object({ generationId: z.string() });

export const generationPaths: ZodOpenApiPathsObject = {
  "/api/generations": {
    get: {
      operationId: "listGenerations",
      summary: "List generations",
      description:
        "The organisation's generations, the newest first, with the first 1,000 characters of each text. With `search`, " +
        "those whose voice name or the first 1,000 characters of whose text contain it.",
      tags: ["Generations"],
      requestParams: { query: generationListQuery },
      responses: {
        "200": jsonResponse("One page", pageOf(generationResource)),
        ...errorResponses([...SESSION_ERRORS, "invalid_input", "search_unavailable"]),
      },
    },
  },
  "/api/generations/{generationId}": {
    get: {
      operationId: "getGeneration",
      summary: "Get a generation",
      tags: ["Generations"],
      requestParams: { path: generationId },
      responses: {
        "200": jsonResponse("The generation", generationResource),
        ...errorResponses([...SESSION_ERRORS, "generation_not_found"]),
      },
    },
    delete: {
      operationId: "deleteGeneration",
      summary: "Delete a generation",
      description:
        "With its audio, also while it is processing. No other generation can begin under its id for a day.",
      tags: ["Generations"],
      requestParams: { path: generationId },
      responses: {
        "204": { description: "The generation was deleted", headers: requestIdHeader },
        ...errorResponses([...SESSION_ERRORS, "origin_not_allowed", "generation_not_found"]),
      },
    },
  },
  "/api/generations/delete": {
    post: {
      operationId: "deleteGenerations",
      summary: "Delete up to 100 generations",
      description: "Those that exist, all or none of them; the response names them. An id counts once.",
      tags: ["Generations"],
      requestBody: { required: true, content: { "application/json": { schema: generationIds } } },
      responses: {
        "200": jsonResponse("Which were deleted, and which were not found", deletedGenerations),
        ...errorResponses([
          ...SESSION_ERRORS,
          "invalid_input",
          "malformed_json",
          "origin_not_allowed",
          "body_too_large",
          "unsupported_media_type",
        ]),
      },
    },
  },
};
