// Errors in the API's description: from the codes that an operation may end with to its answers, by status.
import * as z from "zod";
import type { ZodOpenApiResponsesObject } from "zod-openapi";
import { healthChecks } from "../health/schema.ts";
import { type ErrorCode, statusOf, wordsOf } from "./errors.ts";

const issue = z.object({
  code: z.string(),
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])),
});

const error = z
  .object({
    error: z.string().meta({ description: "What went wrong, in words for a user" }),
    issues: z.array(issue).optional().meta({ description: "What is wrong with the input, and where" }),
    checks: healthChecks.optional().meta({ description: "Of /health: what answers and what does not" }),
  })
  .meta({ id: "Error" });

const problem = error
  .extend({
    type: z.string().meta({ example: "urn:problem-type:resonance:voice-not-found" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: "Which error it is, for a program", example: "voice_not_found" }),
    requestId: z.string(),
  })
  .meta({ id: "Problem", description: "RFC 9457; `error` is kept" });

export const requestIdHeader = z.object({
  "X-Request-Id": z.string().meta({ description: "Names this request in the service's log" }),
});

/** Nearly any operation may end so. */
const ANYWHERE: ErrorCode[] = ["internal", "misconfigured"];
/** What belongs to every operation of a signed-in user. */
export const OF_A_SESSION: ErrorCode[] = ["unauthorized", "session_check_unavailable"];

const RETRYABLE: ReadonlySet<number> = new Set([409, 429, 500, 503]);

/** The answers of an operation that may end with `codes`, and with what any but /health may end with. */
export const errorAnswers = (codes: ErrorCode[]): ZodOpenApiResponsesObject =>
  answersOf([...codes, ...ANYWHERE]);

/** The answers with `codes`, by status. */
export function answersOf(codes: ErrorCode[]): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(codes, statusOf);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      String(status),
      {
        description: ofStatus.map((code) => `\`${code}\`: ${wordsOf(code)}`).join("\n\n"),
        headers: RETRYABLE.has(status) ? requestIdHeader.extend(retryAfter) : requestIdHeader,
        content: { "application/json": { schema: error }, "application/problem+json": { schema: problem } },
      },
    ]),
  );
}

const retryAfter = { "Retry-After": z.int().optional().meta({ description: "Seconds to wait" }) };
