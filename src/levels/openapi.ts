// The peaks endpoints in the OpenAPI document.
import * as z from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";
import type { ErrorCode } from "../platform/errors.ts";
import { errorResponses, jsonResponse, requestIdHeader, SESSION_ERRORS } from "../platform/openapi.ts";
import { peaksResource } from "./schema.ts";

const cacheHeaders = requestIdHeader.extend({
  ETag: z.string(),
  "Cache-Control": z.string(),
  Vary: z.string().meta({ example: "Cookie, Authorization" }),
});

const description =
  "Peaks to draw, and the levels of uncompressed audio (PCM in WAVE or AIFF), under the rules of the audio itself. They are measured once, and stored. Compressed audio has none: decode it instead. Supports HEAD.";

const peaksOperation = (
  {
    requestParams,
    ...operation
  }: Pick<ZodOpenApiOperationObject, "requestParams" | "operationId" | "summary" | "tags">,
  errors: ErrorCode[],
): ZodOpenApiOperationObject => ({
  ...operation,
  description,
  requestParams: { ...requestParams, header: z.object({ "If-None-Match": z.string().optional() }) },
  responses: {
    "200": { ...jsonResponse("The levels", peaksResource), headers: cacheHeaders },
    "304": { description: "The client's copy is current", headers: cacheHeaders },
    ...errorResponses([...SESSION_ERRORS, ...errors, "peaks_not_available", "peaks_busy"]),
  },
});

export const peaksPaths: ZodOpenApiPathsObject = {
  "/api/audio/{generationId}/peaks": {
    get: peaksOperation(
      {
        operationId: "getGenerationPeaks",
        summary: "Get the peaks of a generation",
        tags: ["Generations"],
        requestParams: { path: z.object({ generationId: z.string() }) },
      },
      ["generation_not_found", "generation_not_ready", "generation_failed", "generation_unavailable"],
    ),
  },
  "/api/voices/{voiceId}/peaks": {
    get: peaksOperation(
      {
        operationId: "getVoicePeaks",
        summary: "Get the peaks of a voice",
        tags: ["Voices"],
        requestParams: { path: z.object({ voiceId: z.string() }) },
      },
      ["voice_not_found", "voice_not_ready", "voice_unavailable"],
    ),
  },
};
