// Checks a request's query; the route reads it with `c.req.valid("query")`.
import { zValidator } from "@hono/zod-validator";
import type * as z from "zod";
import { ApiError } from "../errors.ts";
import { toInputIssues } from "../rules/voice-input.ts";

/** @throws {ApiError} `invalid_input`, with each issue in the documented shape. */
export const validQuery = <Schema extends z.ZodType>(schema: Schema) =>
  zValidator("query", schema, (result) => {
    if (!result.success) throw new ApiError("invalid_input", { issues: toInputIssues(result.error) });
  });
