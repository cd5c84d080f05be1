// The two audio endpoints and their playback links in the OpenAPI document.
import * as z from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";
import type { ErrorCode } from "../platform/errors.ts";
import { errorResponses, jsonResponse, requestIdHeader, SESSION_ERRORS } from "../platform/openapi.ts";
import { playbackLink } from "./schema.ts";

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

const download = z.string().optional().meta({
  description: "With a link: save the audio under this name instead of playing it",
});

const playOperation = (
  operation: ZodOpenApiOperationObject,
  errors: ErrorCode[],
): ZodOpenApiOperationObject => ({
  ...operation,
  requestParams: { ...operation.requestParams, header: requestHeaders, query: z.object({ download }) },
  security: [{ session: [] }, { bearer: [] }, { link: [] }],
  responses: {
    "200": { description: "The whole audio", headers: wholeHeaders, content: audio },
    "206": { description: "The requested range", headers: partHeaders, content: audio },
    "302": {
      description: "To the sign-in page: a document navigation without a session, where SIGN_IN_URL is set",
      headers: requestIdHeader.extend({ Location: z.string() }),
    },
    "304": { description: "The client's copy is current", headers: notModifiedHeaders },
    ...errorResponses([
      ...SESSION_ERRORS,
      "invalid_link",
      "link_expired",
      ...errors,
      "precondition_failed",
      "range_not_satisfiable",
    ]),
  },
});

const linkOperation = (
  operation: Pick<ZodOpenApiOperationObject, "requestParams" | "operationId" | "summary" | "tags">,
  errors: ErrorCode[],
): ZodOpenApiOperationObject => ({
  ...operation,
  description: "The link plays this audio alone, for an hour, without a session and with the same ranges.",
  responses: {
    "200": jsonResponse("The link", playbackLink),
    ...errorResponses([...SESSION_ERRORS, "origin_not_allowed", "links_not_available", ...errors]),
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
  "/api/audio/{generationId}/link": {
    post: linkOperation(
      {
        operationId: "createGenerationLink",
        summary: "Create a playback link of a generation",
        tags: ["Generations"],
        requestParams: { path: z.object({ generationId: z.string() }) },
      },
      ["generation_not_found", "generation_not_ready", "generation_failed"],
    ),
  },
  "/api/voices/{voiceId}/link": {
    post: linkOperation(
      {
        operationId: "createVoiceLink",
        summary: "Create a playback link of a voice",
        tags: ["Voices"],
        requestParams: { path: z.object({ voiceId: z.string() }) },
      },
      ["voice_not_found", "voice_not_ready"],
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
