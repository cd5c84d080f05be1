// Calls the service, and turns every unsuccessful response into an ApiError.
import type { InputIssue } from "../../src/platform/input-issues.ts";
import { noteRequest } from "./own-changes.ts";

interface Details {
  issues?: InputIssue[];
  retryAfterSeconds?: number | null;
  requestId?: string | null;
}

/** A response other than a success, or a request without a response. */
export class ApiError extends Error {
  override name = "ApiError";
  /** 0 when there was no response. */
  readonly status: number;
  readonly issues: InputIssue[];
  readonly retryAfterSeconds: number | null;
  readonly requestId: string | null;

  constructor(status: number, message: string, details: Details = {}) {
    super(message);
    this.status = status;
    this.issues = details.issues ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
    this.requestId = details.requestId ?? null;
  }
}

export const networkError = () => new ApiError(0, "The service did not respond.");

/** The error that a response's status, headers and body describe. */
export function parseApiError(
  status: number,
  header: (name: string) => string | null,
  body: string,
): ApiError {
  const { error, issues } = parseErrorBody(body);
  const retryAfter = header("Retry-After");
  return new ApiError(status, error ?? `The service responded with ${status}.`, {
    issues: issues ?? [],
    retryAfterSeconds: retryAfter === null ? null : Number(retryAfter),
    requestId: header("X-Request-Id"),
  });
}

function parseErrorBody(body: string): { error?: string; issues?: InputIssue[] } {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/** @throws {ApiError} for every response but a success */
export async function callApi(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, init).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw networkError();
  });
  if (response.ok) {
    noteRequest(init.method, path);
    return response;
  }
  throw parseApiError(response.status, (name) => response.headers.get(name), await response.text());
}

/** The JSON at `path`. Its shape is not checked. @throws {ApiError} */
export async function fetchJson<Shape>(path: string, init?: RequestInit): Promise<Shape> {
  return (await callApi(path, init)).json() as Promise<Shape>;
}

/** Sends `body` as JSON. @throws {ApiError} */
export const sendJson = (method: "POST" | "PUT" | "PATCH", path: string, body: unknown): Promise<Response> =>
  callApi(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** Wraps any other thrown value, so that it can be shown like an error response. */
export const toApiError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError(0, error instanceof Error ? error.message : String(error));
