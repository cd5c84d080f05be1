// The two audio endpoints in the OpenAPI document.
import * as z from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";
import type { ErrorCode } from "../platform/errors.ts";
import { errorResponses, requestIdHeader, SESSION_ERRORS } from "../platform/openapi.ts";

const requestHeaders = z.object({
  Range: z.string().optional().meta({ example: "bytes=0-65535" }),
  "If-Range": z.string().optional(),
  "If-None-Match": z.string().optional(),
  "If-Modified-Since": z.string().optional(),
  "If-Match": z.string().optional(),
  "If-Unmodified-Since": z.string().optional(),
});

const notModifiedHeaders = requestIdHeader.extend({
  ETag: z.string(),
  "Last-Modified": z.string(),
  "Cache-Control": z.string(),
  "Cache-Status": z.string().meta({ description: "RFC 9211: whether the edge cache answered" }),
  "Accept-Ranges": z.literal("bytes"),
  Vary: z.string().meta({ example: "Cookie, Authorization" }),
});
const wholeHeaders = notModifiedHeaders.extend({ "Content-Length": z.int() });
const partHeaders = wholeHeaders.extend({
  "Content-Range": z.string().meta({ example: "bytes 0-65535/180000" }),
});

const audio = { "audio/*": {} };

const playOperation = (
  operation: ZodOpenApiOperationObject,
  errors: ErrorCode[],
): ZodOpenApiOperationObject => ({
  ...operation,
  requestParams: { ...operation.requestParams, header: requestHeaders },
  responses: {
    "200": { description: "The whole audio", headers: wholeHeaders, content: audio },
    "206": { description: "The requested range", headers: partHeaders, content: audio },
    "304": { description: "The client's copy is current", headers: notModifiedHeaders },
    ...errorResponses([...SESSION_ERRORS, ...errors, "precondition_failed", "range_not_satisfiable"]),
  },
});

export const audioPaths: ZodOpenApiPathsObject = {
  "/api/audio/{generationId}": {
    get: playOperation(
      {
        operationId: "getGenerationAudio",
        summary: "Play a generation",
        description: "The audio of one of the organisation's generations. Supports HEAD.",
        tags: ["Generations"],
        requestParams: { path: z.object({ generationId: z.string() }) },
        responses: {},
      },
      ["generation_not_found", "generation_not_ready", "generation_failed", "generation_unavailable"],
    ),
  },
  "/api/voices/{voiceId}": {
    get: playOperation(
      {
        operationId: "getVoiceAudio",
        summary: "Play a voice",
        description:
          "The recording of a system voice, or of one of the organisation's own voices. Supports HEAD.",
        tags: ["Voices"],
        requestParams: { path: z.object({ voiceId: z.string() }) },
        responses: {},
      },
      ["voice_not_found", "voice_not_ready", "voice_unavailable"],
    ),
  },
};
