// Voices and generations in the API's description, but for playing them.
import * as z from "zod";
import type { ZodOpenApiPathsObject, ZodOpenApiResponseObject } from "zod-openapi";
import { generationListQuery, generationResource } from "../generations/schema.ts";
import { errorAnswers, OF_A_SESSION, requestIdHeader } from "../platform/openapi.ts";
import { pageOf } from "../platform/pagination.ts";
import { createdVoice, voiceInput } from "../voice-creation/schema.ts";
import { voiceListQuery, voiceResource } from "./schema.ts";

export const json = (description: string, schema: z.ZodType): ZodOpenApiResponseObject => ({
  description,
  headers: requestIdHeader,
  content: { "application/json": { schema } },
});

const voiceId = z.object({ voiceId: z.string() });

export const voicePaths: ZodOpenApiPathsObject = {
  "/api/voices": {
    get: {
      operationId: "listVoices",
      summary: "List voices",
      description: "The system voices and the organisation's own, by name.",
      tags: ["Voices"],
      requestParams: { query: voiceListQuery },
      responses: {
        "200": json("One page", pageOf(voiceResource)),
        ...errorAnswers([...OF_A_SESSION, "invalid_input"]),
      },
    },
  },
  "/api/voices/create": {
    post: {
      operationId: "createVoice",
      summary: "Make a voice of a recording",
      description:
        "The recording is the body: at most 20 MiB, at least 10 seconds, in any common audio format. Its type and length are measured, whatever type is declared.",
      tags: ["Voices"],
      requestParams: {
        query: voiceInput,
        header: z.object({
          "Idempotency-Key": z
            .string()
            .optional()
            .meta({ description: "The same request under the same key makes one voice, for 24 hours" }),
        }),
      },
      requestBody: { required: true, content: { "audio/*": {} } },
      responses: {
        "201": {
          ...json("The voice", createdVoice),
          headers: requestIdHeader.extend({
            Location: z.string().meta({ description: "Where the voice is played" }),
            "Idempotent-Replayed": z
              .literal("true")
              .optional()
              .meta({ description: "It was made by an earlier request under this Idempotency-Key" }),
          }),
        },
        ...errorAnswers([
          ...OF_A_SESSION,
          "invalid_input",
          "invalid_idempotency_key",
          "empty_body",
          "missing_content_type",
          "upload_interrupted",
          "subscription_required",
          "foreign_origin",
          "idempotency_key_processing",
          "voice_removed",
          "file_too_large",
          "invalid_audio",
          "audio_too_short",
          "idempotency_key_reused",
          "rate_limited",
          "billing_unavailable",
          "voice_creation_failed",
          "too_many_uploads",
        ]),
      },
    },
  },
  "/api/voices/{voiceId}/metadata": {
    get: {
      operationId: "getVoice",
      summary: "What is known of a voice",
      tags: ["Voices"],
      requestParams: { path: voiceId },
      responses: {
        "200": json("The voice", voiceResource),
        ...errorAnswers([...OF_A_SESSION, "voice_not_found"]),
      },
    },
  },
  "/api/voices/{voiceId}": {
    delete: {
      operationId: "deleteVoice",
      summary: "Delete one of the organisation's own voices",
      description: "Its generations stay, without their voice.",
      tags: ["Voices"],
      requestParams: { path: voiceId },
      responses: {
        "204": { description: "It is gone", headers: requestIdHeader },
        ...errorAnswers([...OF_A_SESSION, "foreign_origin", "voice_not_found"]),
      },
    },
  },
};

export const generationPaths: ZodOpenApiPathsObject = {
  "/api/generations": {
    get: {
      operationId: "listGenerations",
      summary: "List generations",
      description: "The organisation's own, the newest first, with the first 1000 characters of each text.",
      tags: ["Generations"],
      requestParams: { query: generationListQuery },
      responses: {
        "200": json("One page", pageOf(generationResource)),
        ...errorAnswers([...OF_A_SESSION, "invalid_input"]),
      },
    },
  },
  "/api/generations/{generationId}": {
    get: {
      operationId: "getGeneration",
      summary: "What is known of a generation",
      tags: ["Generations"],
      requestParams: { path: z.object({ generationId: z.string() }) },
      responses: {
        "200": json("The generation", generationResource),
        ...errorAnswers([...OF_A_SESSION, "generation_not_found"]),
      },
    },
  },
};
