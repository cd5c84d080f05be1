// The internal HTTP API in the OpenAPI document.
import * as z from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";
import { generationResource } from "../generations/resource.ts";
import type { ErrorCode } from "../platform/errors.ts";
import { errorResponses, jsonResponse, requestIdHeader } from "../platform/openapi.ts";
import { failureInput, generationDeletionQuery, generationInput, generationPath } from "./schema.ts";

const ingestOperation = (
  operation: Pick<ZodOpenApiOperationObject, "operationId" | "summary" | "description" | "requestBody">,
  errors: ErrorCode[],
): ZodOpenApiOperationObject => ({
  ...operation,
  tags: ["Ingest"],
  security: [{ ingest: [] }],
  requestParams: { path: generationPath },
  responses: {
    "200": jsonResponse("The generation as it is now", generationResource),
    // 404 also when INGEST_SECRET is unset.
    ...errorResponses(["unauthorized", "not_found", "invalid_input", ...errors]),
  },
});

const internalDeletion = (
  operation: Pick<ZodOpenApiOperationObject, "operationId" | "summary" | "description" | "requestParams">,
  errors: ErrorCode[] = [],
): ZodOpenApiOperationObject => ({
  ...operation,
  description: `${operation.description} Succeeds when there is none: the request may be repeated.`,
  tags: ["Ingest"],
  security: [{ ingest: [] }],
  responses: {
    "204": { description: "There is none any more", headers: requestIdHeader },
    ...errorResponses(["unauthorized", "not_found", ...errors]),
  },
});

const JSON_ERRORS: ErrorCode[] = ["malformed_json", "unsupported_media_type", "body_too_large"];

const begin = ingestOperation(
  {
    operationId: "beginGeneration",
    summary: "Begin a generation",
    description:
      "Its audio is 409 from then on. Repeating the request changes nothing. One that was deleted does not begin again for a day.",
    requestBody: { required: true, content: { "application/json": { schema: generationInput } } },
  },
  [...JSON_ERRORS, "generation_conflict", "generation_deleted"],
);

export const ingestPaths: ZodOpenApiPathsObject = {
  "/internal/generations/{generationId}": {
    put: {
      ...begin,
      responses: {
        "201": jsonResponse("This request began the generation", generationResource),
        ...begin.responses,
      },
    },
    delete: internalDeletion(
      {
        operationId: "deleteInternalGeneration",
        summary: "Delete a generation of any organisation",
        description: "Its audio is deleted as well, and it does not begin again for a day.",
        requestParams: { path: z.object({ generationId: z.string() }), query: generationDeletionQuery },
      },
      ["invalid_input"],
    ),
  },
  "/internal/generations/{generationId}/audio": {
    put: ingestOperation(
      {
        operationId: "storeGenerationAudio",
        summary: "Store a generation's audio",
        description:
          "The body is a WAV of at most 100 MiB itself, not a form. The generation is ready from then on. Repeating the request changes nothing.",
        requestBody: { required: true, content: { "audio/wav": {} } },
      },
      [
        "empty_body",
        "wrapped_body",
        "upload_interrupted",
        "generation_not_found",
        "generation_upload_in_progress",
        "generation_deleted",
        "generation_audio_conflict",
        "generation_audio_too_large",
        "audio_not_wav",
        "generation_audio_failed",
        "audio_check_unavailable",
        "storage_busy",
        "too_many_uploads",
      ],
    ),
  },
  "/internal/voices/{voiceId}": {
    delete: internalDeletion({
      operationId: "deleteInternalVoice",
      summary: "Delete a voice of any organisation",
      description: "Its generations are kept; their `voiceId` becomes null. System voices are kept.",
      requestParams: { path: z.object({ voiceId: z.string() }) },
    }),
  },
  "/internal/generations/{generationId}/failure": {
    put: ingestOperation(
      {
        operationId: "failGeneration",
        summary: "Report that a generation failed",
        description: "Audio that is stored afterwards still makes it ready.",
        requestBody: { required: true, content: { "application/json": { schema: failureInput } } },
      },
      [...JSON_ERRORS, "generation_not_found", "generation_already_complete"],
    ),
  },
};
