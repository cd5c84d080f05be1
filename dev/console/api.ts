// Asks the service, and turns every answer that is no success into one kind of error.

export interface InputIssue {
  message: string;
  path: (string | number)[];
}

/** An answer that says no, or none at all. */
export class Refusal extends Error {
  override name = "Refusal";
  /** 0 when no answer came. */
  readonly status: number;
  readonly issues: InputIssue[];
  readonly retryAfterSeconds: number | null;
  readonly requestId: string | null;

  constructor(status: number, words: string, details: Partial<Omit<Refusal, keyof Error | "status">> = {}) {
    super(words);
    this.status = status;
    this.issues = details.issues ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
    this.requestId = details.requestId ?? null;
  }
}

export const noAnswer = () => new Refusal(0, "No answer came.");

/** The refusal that an answer's status, headers and body make. */
export function refusalOf(status: number, header: (name: string) => string | null, body: string): Refusal {
  const { error, issues } = parseErrorBody(body);
  const retryAfter = header("Retry-After");
  return new Refusal(status, error ?? `The answer was ${status}.`, {
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

/** @throws {Refusal} for any answer but a success */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, init).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw noAnswer();
  });
  if (response.ok) return response;
  throw refusalOf(response.status, (name) => response.headers.get(name), await response.text());
}

/** The JSON at `path`, in the shape that the service documents. @throws {Refusal} */
export async function askJson<Shape>(path: string, init?: RequestInit): Promise<Shape> {
  return (await ask(path, init)).json() as Promise<Shape>;
}

/** Sends `body` as JSON. @throws {Refusal} */
export const sendJson = (method: "POST" | "PUT", path: string, body: unknown): Promise<Response> =>
  ask(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** Whatever was thrown, as a refusal: only one of these has words for a user. */
export const toRefusal = (error: unknown): Refusal =>
  error instanceof Refusal ? error : new Refusal(0, error instanceof Error ? error.message : String(error));
