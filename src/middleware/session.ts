// Who is asking: verifies Clerk's session token and sets the identity. The only file that knows Clerk.
import { verifyToken } from "@clerk/backend";
import { TokenVerificationError, TokenVerificationErrorReason } from "@clerk/backend/errors";
import { getCookieSuffix, getSuffixedCookieName } from "@clerk/shared/keys";
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import type { AppEnv, Config } from "../env.ts";
import { ApiError } from "../errors.ts";
import { identityOf, type SessionClaims } from "../rules/session-claims.ts";

const SESSION_COOKIE = "__session";
const RETRY_AFTER_SECONDS = 5;

/** Reasons that lie with Clerk or the configuration, not with the token: never the caller's 401. */
const NOT_THE_TOKENS_FAULT: ReadonlySet<string> = new Set([
  TokenVerificationErrorReason.RemoteJWKFailedToLoad,
  TokenVerificationErrorReason.JWKFailedToResolve,
  TokenVerificationErrorReason.InvalidSecretKey,
]);

/**
 * Requires a valid session with an active organisation and sets `identity`.
 * Reads the token from `Authorization: Bearer`, else from Clerk's session cookies.
 * @throws {ApiError} `unauthorized`, in the same words for every reason; `session_check_unavailable` when
 * Clerk's keys cannot be had.
 */
export const session = createMiddleware<AppEnv>(async (c, next) => {
  const { clerk } = c.var.config;
  const verified = await Promise.all((await candidateTokens(c)).map((token) => verify(token, clerk)));
  const claims = verified.filter((found) => found !== null).reduce(newest, null);
  const identity = claims && identityOf(claims);
  if (!identity) throw new ApiError("unauthorized");
  c.set("identity", identity);
  await next();
});

/**
 * The tokens of a request. A browser can hold two session cookies: the plain one, which any Clerk instance on
 * the host may have written last, and this instance's own, suffixed with a hash of its publishable key.
 */
async function candidateTokens(c: Context<AppEnv>): Promise<string[]> {
  const bearer = /^Bearer +(\S+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
  if (bearer) return [bearer];
  const { publishableKey } = c.var.config.clerk;
  const cookies = [getCookie(c, SESSION_COOKIE)];
  if (publishableKey) {
    const suffix = await getCookieSuffix(publishableKey);
    cookies.push(getCookie(c, getSuffixedCookieName(SESSION_COOKIE, suffix)));
  }
  return [...new Set(cookies.filter((token) => token !== undefined))];
}

/** The claims of a token that this Clerk instance signed and that is valid now, else null. */
async function verify(token: string, clerk: Config["clerk"]): Promise<VerifiedClaims | null> {
  try {
    return await verifyToken(token, {
      authorizedParties: clerk.authorizedParties,
      ...(clerk.jwtKey ? { jwtKey: clerk.jwtKey } : { secretKey: clerk.secretKey }),
    });
  } catch (cause) {
    if (isTokensFault(cause)) return null;
    throw new ApiError("session_check_unavailable", { cause, retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
}

type VerifiedClaims = SessionClaims & { iat: number };

const newest = (a: VerifiedClaims | null, b: VerifiedClaims) => (a && a.iat >= b.iat ? a : b);

const isTokensFault = (error: unknown) =>
  error instanceof TokenVerificationError && !NOT_THE_TOKENS_FAULT.has(error.reason);
