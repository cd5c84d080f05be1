// Voices in the OpenAPI document, except their audio and their creation.
import * as z from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import {
  errorResponses,
  jsonResponse,
  pageOf,
  requestIdHeader,
  SESSION_ERRORS,
} from "../platform/openapi.ts";
import { voiceResource } from "./resource.ts";
import { voiceListQuery, voiceUpdate } from "./schema.ts";

const voiceId = z.object({ voiceId: z.string() });

export const voicePaths: ZodOpenApiPathsObject = {
  "/api/voices": {
    get: {
      operationId: "listVoices",
      summary: "List voices",
      description:
        "The system voices and the organisation's own voices, by name or the newest first. With `search`, those whose " +
        "name or description contains it: the organisation's own, then the system voices, each the newest first.",
      tags: ["Voices"],
      requestParams: { query: voiceListQuery },
      responses: {
        "200": jsonResponse("One page", pageOf(voiceResource)),
        ...errorResponses([...SESSION_ERRORS, "invalid_input", "search_unavailable"]),
      },
    },
  },
  "/api/voices/{voiceId}/metadata": {
    get: {
      operationId: "getVoice",
      summary: "Get a voice",
      tags: ["Voices"],
      requestParams: { path: voiceId },
      responses: {
        "200": jsonResponse("The voice", voiceResource),
        ...errorResponses([...SESSION_ERRORS, "voice_not_found"]),
      },
    },
  },
  "/api/voices/{voiceId}": {
    patch: {
      operationId: "updateVoice",
      summary: "Change the name, category, language or description of one of the organisation's own voices",
      description:
        "The rules are those of its creation. Its generations keep the name that the voice had. Repeating the request changes nothing but `updatedAt`.",
      tags: ["Voices"],
      requestParams: { path: voiceId },
      requestBody: { required: true, content: { "application/json": { schema: voiceUpdate } } },
      responses: {
        "200": jsonResponse("The voice as it is now", voiceResource),
        ...errorResponses([
          ...SESSION_ERRORS,
          "invalid_input",
          "malformed_json",
          "origin_not_allowed",
          "voice_not_found",
          "body_too_large",
          "unsupported_media_type",
        ]),
      },
    },
    delete: {
      operationId: "deleteVoice",
      summary: "Delete one of the organisation's own voices",
      description: "Its generations are kept; their `voiceId` becomes null.",
      tags: ["Voices"],
      requestParams: { path: voiceId },
      responses: {
        "204": { description: "The voice was deleted", headers: requestIdHeader },
        ...errorResponses([...SESSION_ERRORS, "origin_not_allowed", "voice_not_found"]),
      },
    },
  },
};
