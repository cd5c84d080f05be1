// The way in for generations, in the API's description.
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";
import { generationResource } from "../generations/schema.ts";
import type { ErrorCode } from "../platform/errors.ts";
import { errorAnswers } from "../platform/openapi.ts";
import { json } from "../voices/openapi.ts";
import { failureInput, generationInput, generationPath } from "./schema.ts";

const step = (
  operation: Pick<ZodOpenApiOperationObject, "operationId" | "summary" | "description" | "requestBody">,
  errors: ErrorCode[],
): ZodOpenApiOperationObject => ({
  ...operation,
  tags: ["Ingest"],
  security: [{ ingest: [] }],
  requestParams: { path: generationPath },
  responses: {
    "200": json("The generation as it is now", generationResource),
    // Without INGEST_SECRET nothing is there.
    ...errorAnswers(["unauthorized", "not_found", "invalid_input", ...errors]),
  },
});

const begin = step(
  {
    operationId: "beginGeneration",
    summary: "Begin a generation",
    description: "From now on its audio is 409. The same request again changes nothing.",
    requestBody: { required: true, content: { "application/json": { schema: generationInput } } },
  },
  ["malformed_json", "not_json", "body_too_large", "generation_differs"],
);

export const ingestPaths: ZodOpenApiPathsObject = {
  "/internal/generations/{generationId}": {
    put: {
      ...begin,
      responses: { "201": json("It was begun by this request", generationResource), ...begin.responses },
    },
  },
  "/internal/generations/{generationId}/audio": {
    put: step(
      {
        operationId: "storeGenerationAudio",
        summary: "Store a generation's audio",
        description: "A WAV of at most 100 MiB. From now on it plays. The same audio again changes nothing.",
        requestBody: { required: true, content: { "audio/wav": {} } },
      },
      [
        "empty_body",
        "upload_interrupted",
        "generation_not_found",
        "generation_receiving",
        "generation_audio_differs",
        "audio_too_large",
        "audio_not_wav",
        "generation_audio_failed",
        "too_many_uploads",
      ],
    ),
  },
  "/internal/generations/{generationId}/failure": {
    put: step(
      {
        operationId: "failGeneration",
        summary: "Give a generation up",
        description: "Audio that comes nevertheless makes it ready.",
        requestBody: { required: true, content: { "application/json": { schema: failureInput } } },
      },
      ["malformed_json", "not_json", "body_too_large", "generation_not_found", "generation_is_ready"],
    ),
  },
};
