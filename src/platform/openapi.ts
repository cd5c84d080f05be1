// Shared parts of the OpenAPI document: error responses by code, and JSON responses. Not part of the Worker.
import * as z from "zod";
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from "zod-openapi";
import { type ErrorCode, messageOf, statusOf } from "./errors.ts";

const issue = z.object({
  code: z.string(),
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])),
});

const error = z
  .object({
    error: z.string().meta({ description: "What failed, in words for a user" }),
    issues: z.array(issue).optional().meta({ description: "The invalid parts of the input" }),
    checks: z
      .record(z.string(), z.boolean())
      .optional()
      .meta({ description: "Of /health: whether each part responds" }),
    lastCronAt: z.iso
      .datetime()
      .nullable()
      .optional()
      .meta({ description: "Of /health: when the cron last ran" }),
  })
  .meta({ id: "Error" });

const problem = error
  .extend({
    type: z.string().meta({ example: "urn:problem-type:resonance:voice-not-found" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: "The error's code, for programs", example: "voice_not_found" }),
    requestId: z.string(),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details; `error` is kept" });

export const requestIdHeader = z.object({
  "X-Request-Id": z.string().meta({ description: "The id of the request in the service's log" }),
});

/** Errors of every operation except /health. */
const COMMON_ERRORS: ErrorCode[] = ["internal", "misconfigured"];
/** Errors of every operation that requires a session. */
export const SESSION_ERRORS: ErrorCode[] = ["unauthorized", "auth_unavailable"];

const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([409, 429, 500, 503]);

/** The error responses of an operation: those of `codes` and those common to all operations, by status. */
export const errorResponses = (codes: ErrorCode[]): ZodOpenApiResponsesObject =>
  responsesFor([...codes, ...COMMON_ERRORS]);

/** The error responses of `codes`, by status. */
export function responsesFor(codes: ErrorCode[]): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(codes, statusOf);
  return Object.fromEntries(
    [...byStatus].map(([status, codesOfStatus]) => [
      String(status),
      {
        description: codesOfStatus.map((code) => `\`${code}\`: ${messageOf(code)}`).join("\n\n"),
        headers: RETRYABLE_STATUSES.has(status) ? requestIdHeader.extend(retryAfter) : requestIdHeader,
        content: { "application/json": { schema: error }, "application/problem+json": { schema: problem } },
      },
    ]),
  );
}

const retryAfter = {
  "Retry-After": z.int().optional().meta({ description: "Seconds to wait before a retry" }),
};

export const jsonResponse = (description: string, schema: z.core.$ZodType): ZodOpenApiResponseObject => ({
  description,
  headers: requestIdHeader,
  content: { "application/json": { schema } },
});

/** The schema of a page, for the OpenAPI document. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: "The cursor of the next page; null on the last one" }),
  });
