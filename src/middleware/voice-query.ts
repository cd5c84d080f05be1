// Checks the query of a voice creation; the route reads it with `c.req.valid("query")`.
import { zValidator } from "@hono/zod-validator";
import { ApiError } from "../errors.ts";
import { toInputIssues, voiceInput } from "../rules/voice-input.ts";

/** @throws {ApiError} `invalid_input`, with each issue in the documented shape. */
export const voiceQuery = zValidator("query", voiceInput, (result) => {
  if (!result.success) throw new ApiError("invalid_input", { issues: toInputIssues(result.error) });
});
