// Validates query, path and JSON body with zod. A rejected request is 400 with the issues in the documented form.
import { zValidator } from "@hono/zod-validator";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type * as z from "zod/mini";
import { mediaType } from "../http/media-type.ts";
import { ApiError, respondWithError } from "./errors.ts";
import { type InputIssue, toInputIssues } from "./input-issues.ts";
import { findQueryIssues } from "./query-issues.ts";

const MAX_JSON_BYTES = 1024 * 1024;

type ValidationResult = { success: true } | { success: false; error: z.core.$ZodError };

function throwOnFailure(result: ValidationResult): void {
  if (!result.success) throw invalidInput(toInputIssues(result.error));
}

const invalidInput = (issues: InputIssue[]) => new ApiError("invalid_input", { members: { issues } });

/**
 * Rejects a malformed or repeated parameter with a message that says so, instead of what zod finds in its value.
 * @throws {ApiError} `invalid_input`
 */
export const validateQuery = <Schema extends z.ZodMiniObject>(schema: Schema) =>
  zValidator("query", schema, (result, c) => {
    const queryIssues = findQueryIssues(c.req.url, Object.keys(schema.shape));
    if (queryIssues.length === 0) return throwOnFailure(result);
    const rejected = new Set(queryIssues.map(({ path }) => path[0]));
    const others = result.success ? [] : toInputIssues(result.error);
    throw invalidInput([...queryIssues, ...others.filter(({ path }) => !rejected.has(path[0]))]);
  });

/** @throws {ApiError} `invalid_input` */
export const validatePath = <Schema extends z.ZodMiniType>(schema: Schema) =>
  zValidator("param", schema, throwOnFailure);

/** @throws {ApiError} `invalid_input` */
export const validateJson = <Schema extends z.ZodMiniType>(schema: Schema) =>
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
