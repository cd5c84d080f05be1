// The error responses of the Polar fake, as Polar's server writes them (github.com/polarsource/polar, server/polar).
import type { Context } from "hono";

/** One entry of a 422. */
interface Issue {
  type: string;
  loc: (string | number)[];
  msg: string;
  input?: unknown;
}

/** auth/dependencies.py and exceptions.py: a request without a token. */
export const unauthorized = (c: Context) =>
  c.json({ error: "Unauthorized", detail: "Unauthorized" }, 401, {
    "WWW-Authenticate": 'Bearer realm="polar"',
  });

/** oauth2/exceptions.py: a token that is unknown, expired or revoked. */
export const invalidToken = (c: Context) => {
  const description =
    "The access token provided is expired, revoked, malformed, or invalid for other reasons.";
  return c.json({ error: "invalid_token", error_description: description }, 401, {
    "WWW-Authenticate": `Bearer realm="polar", error="invalid_token", error_description="${description}"`,
  });
};

/** kit/versioning.py: an API version that does not exist or was removed. FastAPI answers an unknown path alike. */
export const routeNotFound = (c: Context) => c.json({ detail: "Not Found" }, 404);

/** exceptions.py: a customer that does not exist. */
export const resourceNotFound = (c: Context) =>
  c.json({ error: "ResourceNotFound", detail: "Not found" }, 404);

/** exception_handlers.py: FastAPI rejects the form of a request, Polar itself what it refers to. */
export const unprocessable = (
  c: Context,
  error: "RequestValidationError" | "PolarRequestValidationError",
  detail: Issue[],
) => c.json({ error, detail }, 422);

/** middlewares.py: more bytes than API_MAX_REQUEST_BODY_SIZE of config.py. */
export const bodyTooLarge = (c: Context, limitBytes: number) => {
  const detail = `Request body exceeded the maximum allowed size of ${limitBytes} bytes.`;
  return c.json({ error: "RequestBodyTooLarge", detail }, 413);
};

/** rate_limit.py, by the package asgi-ratelimit: a 429 has no body and no Content-Type. */
export const tooManyRequests = (c: Context, retryAfterSeconds: number) =>
  c.body(null, 429, { "Retry-After": `${retryAfterSeconds}` });

/** A failure of the server itself or of what is in front of it. */
export const serverError = (c: Context, status: number) => c.text("Injected fault", status as 500);

/** Another status that was asked for. */
export const otherError = (c: Context, status: number) =>
  c.json({ error: "Fault", detail: "Injected fault" }, status as 400);
