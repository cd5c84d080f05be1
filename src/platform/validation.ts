// Checks what a request says; the route reads it with `c.req.valid(…)`. Refuses with each issue in the documented shape.
import { zValidator } from "@hono/zod-validator";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type * as z from "zod";
import { toInputIssues } from "../voice-creation/schema.ts";
import { ApiError, respondWithError } from "./errors.ts";

const MAX_JSON_BYTES = 1024 * 1024;

type Outcome = { success: true } | { success: false; error: z.core.$ZodError };

function refuse(result: Outcome): void {
  if (!result.success)
    throw new ApiError("invalid_input", { members: { issues: toInputIssues(result.error) } });
}

/** @throws {ApiError} `invalid_input` */
export const validQuery = <Schema extends z.ZodType>(schema: Schema) => zValidator("query", schema, refuse);

/** @throws {ApiError} `invalid_input` */
export const validPath = <Schema extends z.ZodType>(schema: Schema) => zValidator("param", schema, refuse);

/** @throws {ApiError} `invalid_input` */
export const validJson = <Schema extends z.ZodType>(schema: Schema) => zValidator("json", schema, refuse);

/** @throws {ApiError} `not_json`, where a body is declared to be something else */
export const jsonOnly = createMiddleware(async (c, next) => {
  const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new ApiError("not_json");
  await next();
});

/** @throws {ApiError} `body_too_large` */
export const jsonSize = bodyLimit({
  maxSize: MAX_JSON_BYTES,
  onError: (c) => respondWithError(new ApiError("body_too_large"), c),
});
