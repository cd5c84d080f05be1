// Calls the service, turns every unsuccessful response into an ApiError, and remembers the changes that this page made.
import type { InputIssue } from "../../src/platform/input-issues.ts";

/** A response other than a success, or a request without a response. */
export class ApiError extends Error {
  override name = "ApiError";
  /** 0 when there was no response. */
  readonly status: number;
  readonly issues: InputIssue[];
  readonly retryAfterSeconds: number | null;
  readonly requestId: string | null;

  constructor(status: number, message: string, issues: InputIssue[] = [], headers = new Headers()) {
    super(message);
    this.status = status;
    this.issues = issues;
    this.retryAfterSeconds = Number(headers.get("Retry-After")) || null;
    this.requestId = headers.get("X-Request-Id") || null;
  }
}

export const networkError = () => new ApiError(0, "The service did not respond.");

async function errorOf(response: Response): Promise<ApiError> {
  const { status, headers } = response;
  // A proxy's page is not JSON.
  const body = (await response.json().catch(() => null)) as { error?: string; issues?: InputIssue[] } | null;
  const message = body?.error ?? `The service responded with ${status}.`;
  return new ApiError(status, message, body?.issues, headers);
}

/** @throws {ApiError} for every response of `send` but a success */
export async function callApi(
  path: string,
  init: RequestInit = {},
  send: (path: string, init: RequestInit) => Promise<Response> = fetch,
): Promise<Response> {
  const response = await send(path, init).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw networkError();
  });
  if (!response.ok) throw await errorOf(response);
  const [, kind, id] = /^\/api\/(voice|generation)s\/([^/?]+)$/.exec(path) ?? [];
  const verb = VERBS[init.method ?? "GET"];
  if (kind && id && verb) noteOwnChange(`${kind}.${verb}`, id);
  return response;
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

const VERBS: Record<string, string> = { DELETE: "deleted", PATCH: "updated" };
const ownChanges = new Set<string>();

/** Notes a change of this page. `type` is that of its event in the change feed. */
export const noteOwnChange = (type: string, id: string): void => void ownChanges.add(`${type} ${id}`);

/** Whether this page made a change. True once, since the next one of its kind may be made elsewhere. */
export const takeOwnChange = (type: string, id: string): boolean => ownChanges.delete(`${type} ${id}`);
