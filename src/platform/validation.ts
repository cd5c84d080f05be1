// Validates query, path and JSON body with zod. A rejected request is 400 with the issues in the documented form.
import { zValidator } from "@hono/zod-validator";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type * as z from "zod";
import { mediaType } from "../http/media-type.ts";
import { ApiError, respondWithError } from "./errors.ts";
import { toInputIssues } from "./input-issues.ts";

const MAX_JSON_BYTES = 1024 * 1024;

type ValidationResult = { success: true } | { success: false; error: z.core.$ZodError };

function throwOnFailure(result: ValidationResult): void {
  if (result.success) return;
  throw new ApiError("invalid_input", { members: { issues: toInputIssues(result.error) } });
}

/** @throws {ApiError} `invalid_input` */
export const validateQuery = <Schema extends z.ZodType>(schema: Schema) =>
  zValidator("query", schema, throwOnFailure);

/** @throws {ApiError} `invalid_input` */
export const validatePath = <Schema extends z.ZodType>(schema: Schema) =>
  zValidator("param", schema, throwOnFailure);

/** @throws {ApiError} `invalid_input` */
export const validateJson = <Schema extends z.ZodType>(schema: Schema) =>
  zValidator("json", schema, throwOnFailure);

/** @throws {ApiError} `unsupported_media_type` unless the body is declared to be JSON */
export const requireJson = createMiddleware(async (c, next) => {
  if (mediaType(c.req.header("Content-Type")) !== "application/json") {
    throw new ApiError("unsupported_media_type");
  }
  await next();
});

/** @throws {ApiError} `body_too_large` for a body of more than 1 MiB */
export const limitJsonBody = bodyLimit({
  maxSize: MAX_JSON_BYTES,
  onError: (c) => respondWithError(new ApiError("body_too_large"), c),
});
