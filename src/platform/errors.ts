// Every error a caller can meet: code -> status and public words, and the one writer of error bodies.
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { parseAccept } from "hono/utils/accept";
import type { Health } from "../health/schema.ts";
import type { InputIssue } from "../voice-creation/schema.ts";
import { type AppEnv, ConfigurationError } from "./env.ts";
import { log } from "./logger.ts";

const ERRORS = {
  invalid_input: [400, "Invalid input"],
  invalid_idempotency_key: [400, "Idempotency-Key must have 1 to 255 visible ASCII characters"],
  malformed_json: [400, "The request body is not valid JSON"],
  not_json: [400, "The request body must be JSON, with the Content-Type application/json"],
  upload_interrupted: [400, "The upload broke off. Please try again."],
  empty_body: [400, "Please upload an audio file"],
  missing_content_type: [400, "Missing Content-Type header"],
  unauthorized: [401, "Unauthorized"],
  subscription_required: [403, "SUBSCRIPTION_REQUIRED"],
  invalid_signature: [403, "Invalid webhook signature"],
  foreign_origin: [403, "Requests from this origin are not allowed"],
  not_found: [404, "Not found"],
  generation_not_found: [404, "Generation not found"],
  voice_not_found: [404, "Voice not found"],
  method_not_allowed: [405, "Method not allowed"],
  generation_failed: [409, "The audio could not be generated. Please generate it again."],
  generation_not_ready: [409, "Audio is not available yet"],
  generation_audio_differs: [409, "This generation has other audio already"],
  generation_differs: [409, "Another generation has this id"],
  generation_is_ready: [409, "This generation has its audio already"],
  generation_receiving: [409, "Audio of this generation is being received already"],
  idempotency_key_processing: [409, "A request with this Idempotency-Key is still being processed"],
  voice_removed: [409, "The voice was removed before its upload had ended"],
  voice_not_ready: [409, "Voice audio is not available yet"],
  precondition_failed: [412, "Precondition failed"],
  audio_too_large: [413, "The audio exceeds the 100 MB size limit"],
  file_too_large: [413, "Audio file exceeds the 20 MB size limit"],
  body_too_large: [413, "The request body is too large"],
  range_not_satisfiable: [416, "Range not satisfiable"],
  audio_not_wav: [422, "The audio of a generation must be a WAV file with sound in it"],
  invalid_audio: [422, "File is not a valid audio file"],
  audio_too_short: [422, "Audio too short"],
  idempotency_key_reused: [422, "This Idempotency-Key was used for another request"],
  rate_limited: [429, "Too many uploads in a short time. Please wait a minute and try again."],
  billing_unavailable: [500, "Your subscription could not be checked right now. Please try again."],
  session_check_unavailable: [500, "Your session could not be checked right now. Please try again."],
  voice_creation_failed: [500, "Failed to create voice. Please retry."],
  generation_audio_failed: [500, "The audio could not be stored. Please send it again."],
  misconfigured: [500, "The service is not configured. Its operator finds the missing setting in the log."],
  internal: [500, "Something went wrong. Please try again."],
  generation_unavailable: [502, "Failed to fetch audio"],
  voice_unavailable: [502, "Failed to fetch voice audio"],
  unhealthy: [503, "The service can't do its work"],
  too_many_uploads: [503, "Too many uploads at once. Please try again in a moment."],
} as const;

export type ErrorCode = keyof typeof ERRORS;

export const statusOf = (code: ErrorCode): number => ERRORS[code][0];
export const wordsOf = (code: ErrorCode): string => ERRORS[code][1];

interface ErrorDetail {
  /** Public words in the place of the code's own. */
  message?: string;
  /** What the body tells besides. */
  members?: { issues?: InputIssue[]; checks?: Health };
  headers?: Record<string, string>;
  /** What went wrong inside; goes to the log only. */
  cause?: unknown;
}

/** An answer other than success: thrown by a route or middleware, written by {@link respondWithError}. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;

  constructor(code: ErrorCode, detail: ErrorDetail = {}) {
    super(code, { cause: detail.cause });
    this.code = code;
    this.detail = detail;
  }
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  // Hono's own word on a body that it was to read.
  if (error instanceof HTTPException && error.status === 400) return new ApiError("malformed_json");
  const code = error instanceof ConfigurationError ? "misconfigured" : "internal";
  return new ApiError(code, { cause: error });
}

/**
 * Writes `error` as `{"error": string}`, or as a problem (RFC 9457) for a client that asks for one; what is behind a
 * 5xx goes to the log, never to the caller.
 */
export function respondWithError(error: unknown, c: Context<AppEnv>): Response {
  const { code, detail } = toApiError(error);
  const [status, words] = ERRORS[code];
  if (status >= 500) log.error(code, { method: c.req.method, path: c.req.path, cause: detail.cause });

  // RFC 9110 §11.6.1: a 401 names the scheme that would be accepted.
  if (status === 401) c.header("WWW-Authenticate", "Bearer");
  for (const [name, value] of Object.entries(detail.headers ?? {})) c.header(name, value);
  const body = { error: detail.message ?? words, ...detail.members };
  if (!wantsProblem(c)) return c.json(body, status);
  const { requestId } = c.var;
  const problem = { type: problemType(code), title: words, status, detail: body.error, code, requestId };
  return c.json({ ...problem, ...body }, status, { "Content-Type": PROBLEM_JSON });
}

const PROBLEM_JSON = "application/problem+json";

/** Named by the client, and not behind plain JSON. */
function wantsProblem(c: Context): boolean {
  const accepted = parseAccept(c.req.header("Accept") ?? "");
  const quality = (type: string) => accepted.find((range) => range.type.toLowerCase() === type)?.q ?? 0;
  return quality(PROBLEM_JSON) > 0 && quality(PROBLEM_JSON) >= quality("application/json");
}

/** A name, not an address: RFC 9457 §3.1.1 wants the type of a problem to be the same wherever it occurs. */
const problemType = (code: ErrorCode) => `urn:problem-type:resonance:${code.replaceAll("_", "-")}`;
