// The HTTP entry point of the ingest: PUT /internal/generations/…, for backends with INGEST_SECRET.
import type { Context } from "hono";
import { toGenerationResource } from "../generations/schema.ts";
import { isMultipart } from "../http/media-type.ts";
import { type BaseEnv, hasLinks, readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { createFactory } from "../platform/handlers.ts";
import { limitJsonBody, requireJson, validateJson, validatePath } from "../platform/validation.ts";
import { toUploadBody } from "../recordings/upload-limits.ts";
import type { IngestResult } from "./result.ts";
import { failureInput, generationInput, generationPath } from "./schema.ts";
import { beginGeneration, failGeneration, type IngestContext, storeGenerationAudio } from "./service.ts";

const factory = createFactory<BaseEnv>();

/** PUT /internal/generations/{generationId} */
export const putGeneration = factory.createHandlers(
  limitJsonBody,
  requireJson,
  validatePath(generationPath),
  validateJson(generationInput),
  async (c) => {
    const { generationId } = c.req.valid("param");
    return respond(c, await beginGeneration(contextOf(c), generationId, c.req.valid("json")));
  },
);

/** PUT /internal/generations/{generationId}/audio */
export const putGenerationAudio = factory.createHandlers(validatePath(generationPath), async (c) => {
  const { generationId } = c.req.valid("param");
  if (isMultipart(c.req.header("Content-Type"))) throw new ApiError("wrapped_body");
  return respond(c, await storeGenerationAudio(contextOf(c), generationId, toUploadBody(c.req.raw)));
});

/** PUT /internal/generations/{generationId}/failure */
export const putGenerationFailure = factory.createHandlers(
  limitJsonBody,
  requireJson,
  validatePath(generationPath),
  validateJson(failureInput),
  async (c) => {
    const { generationId } = c.req.valid("param");
    return respond(c, await failGeneration(contextOf(c), generationId, c.req.valid("json").reason));
  },
);

const contextOf = (c: Context<BaseEnv>): IngestContext => ({
  env: c.env,
  database: c.var.database,
  bucket: c.var.bucket,
  meter: readConfig(c.env).meters.generation,
  receiver: readConfig(c.env).events,
  waitUntil: (work) => c.executionCtx.waitUntil(work),
});

/** @throws {ApiError} the code of a refusal */
function respond(c: Context<BaseEnv>, result: IngestResult) {
  if (result.kind === "refused") {
    const { code, issues, retryAfterSeconds, cause, orgId } = result;
    c.set("loggedOrgId", orgId);
    throw new ApiError(code, {
      cause,
      ...(issues && { members: { issues } }),
      ...(retryAfterSeconds !== undefined && { headers: { "Retry-After": String(retryAfterSeconds) } }),
    });
  }
  c.set("loggedOrgId", result.generation.orgId);
  c.set("loggedAudio", result.storedAudio);
  const generation = toGenerationResource(result.generation, hasLinks(c.env));
  return c.json(generation, result.kind === "created" ? 201 : 200);
}
