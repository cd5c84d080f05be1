// POST /api/voices/create in the OpenAPI document.
import * as z from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import { errorResponses, jsonResponse, requestIdHeader, SESSION_ERRORS } from "../platform/openapi.ts";
import { voiceCreated, voiceInput } from "./schema.ts";

export const voiceCreationPaths: ZodOpenApiPathsObject = {
  "/api/voices/create": {
    post: {
      operationId: "createVoice",
      summary: "Create a voice from a recording",
      description:
        "The body is the recording itself, not a form: at most 20 MiB, at least 10 seconds, in any common audio format. Its type and duration are determined from its bytes, whatever Content-Type is declared.",
      tags: ["Voices"],
      requestParams: {
        query: voiceInput,
        header: z.object({
          "Idempotency-Key": z.string().optional().meta({
            description: "Repeating the request under the same key creates one voice, for 24 hours",
          }),
        }),
      },
      requestBody: { required: true, content: { "audio/*": {} } },
      responses: {
        "201": {
          ...jsonResponse("The created voice", voiceCreated),
          headers: requestIdHeader.extend({
            Location: z.string().meta({ description: "The URL of the voice's audio" }),
            "Idempotent-Replayed": z
              .literal("true")
              .optional()
              .meta({ description: "An earlier request under this Idempotency-Key created the voice" }),
          }),
        },
        ...errorResponses([
          ...SESSION_ERRORS,
          "invalid_input",
          "invalid_idempotency_key",
          "empty_body",
          "missing_content_type",
          "wrapped_body",
          "upload_interrupted",
          "subscription_required",
          "origin_not_allowed",
          "idempotency_key_in_use",
          "voice_deleted",
          "recording_too_large",
          "invalid_audio",
          "unsupported_audio_format",
          "audio_too_short",
          "idempotency_key_reused",
          "rate_limited",
          "billing_unavailable",
          "billing_busy",
          "voice_creation_failed",
          "audio_check_unavailable",
          "storage_busy",
          "too_many_uploads",
        ]),
      },
    },
  },
};
