// The error that the client throws for every response but success.
import type { ErrorCode, InputIssue } from "./contract.ts";

/** The members of an error's body that are read. All are absent where the service did not write it. */
interface Problem {
  error?: string;
  code?: ErrorCode;
  issues?: InputIssue[];
}

export class ResonanceError extends Error {
  override name = "ResonanceError";
  /** The HTTP status. */
  readonly status: number;
  /** Null where the service did not write the response, for example for an error page of a proxy. */
  readonly code: ErrorCode | null;
  /** The id of the request in the service's log. */
  readonly requestId: string | null;
  /** After how many seconds to repeat the request, where the service knows. */
  readonly retryAfterSeconds: number | null;
  /** What is wrong with the input, for the code `invalid_input`. */
  readonly issues: InputIssue[];

  constructor(status: number, headers: Headers, body: unknown) {
    const { error, code, issues }: Problem = Object(body);
    super(error ?? `The audio service responded with ${status}`);
    this.status = status;
    this.code = code ?? null;
    this.requestId = headers.get("X-Request-Id");
    const retryAfter = headers.get("Retry-After");
    this.retryAfterSeconds = retryAfter === null ? null : Number(retryAfter);
    this.issues = issues ?? [];
  }
}
