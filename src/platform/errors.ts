// Every error that a caller can receive: code, status and public message, and the one writer of error bodies.
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { parseAccept } from "hono/utils/accept";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type BaseEnv, ConfigurationError } from "./env.ts";
import { log, withRequestId } from "./logger.ts";

const ERRORS = {
  invalid_input: [400, "Invalid input"],
  invalid_idempotency_key: [400, "Idempotency-Key must have 1 to 255 visible ASCII characters"],
  request_refused: [400, "The request was refused"],
  malformed_json: [400, "The request body is not valid JSON"],
  upload_interrupted: [400, "The upload was interrupted. Please try again."],
  empty_body: [400, "Please upload an audio file"],
  missing_content_type: [400, "Missing Content-Type header"],
  wrapped_body: [
    400,
    "The request body must be the audio file itself, not a form that contains it: curl --data-binary @file, or in a browser fetch(url, { body: file })",
  ],
  unauthorized: [401, "Unauthorized"],
  invalid_link: [401, "This link is not valid"],
  link_expired: [401, "This link has expired"],
  subscription_required: [403, "SUBSCRIPTION_REQUIRED"],
  invalid_signature: [403, "Invalid webhook signature"],
  origin_not_allowed: [403, "Requests from this origin are not allowed"],
  not_found: [404, "Not found"],
  generation_not_found: [404, "Generation not found"],
  voice_not_found: [404, "Voice not found"],
  links_not_available: [404, "This service has no playback links"],
  peaks_not_available: [404, "There are no peaks of this audio"],
  method_not_allowed: [405, "Method not allowed"],
  generation_failed: [409, "The audio could not be generated. Please generate it again."],
  generation_not_ready: [409, "Audio is not available yet"],
  generation_audio_conflict: [409, "This generation already has different audio"],
  generation_deleted: [409, "This generation was deleted"],
  generation_conflict: [409, "Another generation already has this id"],
  generation_already_complete: [409, "This generation already has its audio"],
  generation_upload_in_progress: [409, "Audio for this generation is already being uploaded"],
  idempotency_key_in_use: [409, "A request with this Idempotency-Key is still being processed"],
  voice_deleted: [409, "The voice was deleted while its recording was being uploaded"],
  voice_not_ready: [409, "Voice audio is not available yet"],
  precondition_failed: [412, "Precondition failed"],
  generation_audio_too_large: [413, "Audio exceeds the 100 MB size limit"],
  recording_too_large: [413, "Audio file exceeds the 20 MB size limit"],
  body_too_large: [413, "The request body is too large"],
  unsupported_media_type: [415, "The request body must be JSON with the Content-Type application/json"],
  range_not_satisfiable: [416, "Range not satisfiable"],
  audio_not_wav: [422, "The audio of a generation must be a WAV file that contains audio"],
  invalid_audio: [422, "File is not a valid audio file"],
  unsupported_audio_format: [422, "Recordings of this format are not supported"],
  audio_too_short: [422, "Audio too short"],
  idempotency_key_reused: [422, "This Idempotency-Key was already used for another request"],
  rate_limited: [429, "Too many uploads in a short time. Please wait a minute and try again."],
  billing_unavailable: [500, "Your subscription could not be checked right now. Please try again."],
  auth_unavailable: [500, "Your session could not be checked right now. Please try again."],
  voice_creation_failed: [500, "Failed to create voice. Please retry."],
  generation_audio_failed: [500, "The audio could not be stored. Please send it again."],
  misconfigured: [500, "The service is not configured. The log names the missing setting."],
  internal: [500, "Something went wrong. Please try again."],
  generation_unavailable: [502, "Failed to fetch audio"],
  voice_unavailable: [502, "Failed to fetch voice audio"],
  audio_check_unavailable: [
    503,
    "The audio could not be checked right now. Please send it again in a moment.",
  ],
  billing_busy: [503, "Your subscription could not be checked right now. Please try again in a moment."],
  unhealthy: [503, "The service is unhealthy"],
  peaks_busy: [503, "The peaks could not be measured right now. Please try again in a minute."],
  search_unavailable: [503, "Search is not available right now. Please try again in a minute."],
  storage_busy: [503, "The storage is busy. Please try again in a moment."],
  too_many_uploads: [503, "Too many uploads at once. Please try again in a moment."],
} as const;

export type ErrorCode = keyof typeof ERRORS;

export const statusOf = (code: ErrorCode): ContentfulStatusCode => ERRORS[code][0];
export const messageOf = (code: ErrorCode): string => ERRORS[code][1];

interface ErrorDetail {
  /** A public message instead of the code's own. */
  message?: string;
  /** Further public members of the body. */
  members?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** Why, for the log only. */
  cause?: unknown;
  /** A status instead of the code's own, for an exception of Hono that no code describes. */
  status?: ContentfulStatusCode;
}

/** Any response but success: thrown by a route or middleware, written by {@link respondWithError}. */
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

/** The error to answer with when `error` was thrown. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof HTTPException) return fromHttpException(error);
  const code = error instanceof ConfigurationError ? "misconfigured" : "internal";
  return new ApiError(code, { cause: error });
}

/** Hono's own response of the exception is not used: this module is the one writer of error bodies. */
function fromHttpException(error: HTTPException): ApiError {
  const { status, message } = error;
  // Hono's JSON validator throws it for a body that is not JSON.
  if (status === 400 && /JSON/.test(message)) return new ApiError("malformed_json");
  if (status < 500) return new ApiError("request_refused", { status, ...(message && { message }) });
  return new ApiError("internal", { status, cause: error });
}

/** Logs a status of 500 or more as an error, and the cause of another one, such as why a recording was refused. */
export function logError(
  code: ErrorCode,
  status: number,
  fields: { cause: unknown; [field: string]: unknown },
): void {
  if (status >= 500) log.error(code, fields);
  else if (fields.cause !== undefined) log.info(code, fields);
}

/**
 * Writes `error` as `{"error": string}`, or as a problem (RFC 9457) for a client that asks for it. The cause is logged
 * and never sent.
 */
export function respondWithError(error: unknown, c: Context<BaseEnv>): Response {
  const { code, detail } = toApiError(error);
  const { status = statusOf(code), message = messageOf(code) } = detail;
  withRequestId(c.get("requestId"), () =>
    logError(code, status, { method: c.req.method, path: c.req.path, cause: detail.cause }),
  );

  // RFC 9110 §11.6.1: a 401 names the accepted authentication scheme.
  if (status === 401) c.header("WWW-Authenticate", "Bearer");
  for (const [name, value] of Object.entries(detail.headers ?? {})) c.header(name, value);
  const body = { error: message, ...detail.members };
  if (!acceptsProblem(c)) return c.json(body, status);
  const { requestId } = c.var;
  const problem = {
    type: problemType(code),
    title: messageOf(code),
    status,
    detail: message,
    code,
    requestId,
  };
  return c.json({ ...problem, ...body }, status, { "Content-Type": PROBLEM_JSON });
}

const PROBLEM_JSON = "application/problem+json";

/** Whether the client names problem+json in Accept, and does not prefer plain JSON. */
function acceptsProblem(c: Context): boolean {
  const accepted = parseAccept(c.req.header("Accept") ?? "");
  const quality = (type: string) => accepted.find((range) => range.type.toLowerCase() === type)?.q ?? 0;
  return quality(PROBLEM_JSON) > 0 && quality(PROBLEM_JSON) >= quality("application/json");
}

/** A URN, not a URL: RFC 9457 §3.1.1 asks for the same type wherever the problem occurs. */
const problemType = (code: ErrorCode) => `urn:problem-type:resonance:${code.replaceAll("_", "-")}`;
