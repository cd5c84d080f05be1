// Who is asking: verifies Clerk's session token and sets the identity. The only file that knows Clerk.
import { verifyToken } from "@clerk/backend";
import { TokenVerificationError, TokenVerificationErrorReason } from "@clerk/backend/errors";
import { decodeJwt } from "@clerk/backend/jwt";
import { getCookieSuffix, getSuffixedCookieName } from "@clerk/shared/keys";
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import type { AppEnv, Config } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { REMEMBERED_MS } from "../platform/isolate-cache.ts";
import { type Identity, identityOf, type SessionClaims } from "./session-claims.ts";

const SESSION_COOKIE = "__session";
const RETRY_AFTER_SECONDS = 5;

/** Reasons that lie with Clerk or the configuration, not with the token: never the caller's 401. */
const NOT_THE_TOKENS_FAULT: ReadonlySet<string> = new Set([
  TokenVerificationErrorReason.RemoteJWKFailedToLoad,
  TokenVerificationErrorReason.JWKFailedToResolve,
  TokenVerificationErrorReason.InvalidSecretKey,
]);

/**
 * Requires a valid session with an active organisation and sets `identity` and `credential`.
 * Reads the token from `Authorization: Bearer`, else from Clerk's session cookies.
 * @throws {ApiError} `unauthorized`, in the same words for every reason; `session_check_unavailable` when
 * Clerk's keys cannot be had.
 */
export const session = createMiddleware<AppEnv>(async (c, next) => {
  const bearer = /^Bearer +(\S+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
  const tokens = bearer ? [bearer] : await sessionCookies(c);
  c.set("credential", bearer ? "bearer" : "cookie");
  c.set("identity", recall(c, tokens) ?? (await identify(c, tokens)));
  await next();
});

/**
 * A browser can hold two session cookies: the plain one, which any Clerk instance on the host may have written
 * last, and this instance's own, suffixed with a hash of its publishable key. Often they are the same token.
 */
async function sessionCookies(c: Context<AppEnv>): Promise<string[]> {
  const cookies = getCookie(c);
  const names = [SESSION_COOKIE];
  const { publishableKey } = c.var.config.clerk;
  if (publishableKey) names.push(await suffixedName(publishableKey));
  const tokens = names.flatMap((name) => cookies[name] ?? []);
  return [...new Set(tokens)];
}

const suffixedNames = new Map<string, string>();

async function suffixedName(publishableKey: string): Promise<string> {
  const known = suffixedNames.get(publishableKey);
  if (known) return known;
  const name = getSuffixedCookieName(SESSION_COOKIE, await getCookieSuffix(publishableKey));
  suffixedNames.set(publishableKey, name);
  return name;
}

const recall = (c: Context<AppEnv>, tokens: string[]) => c.var.memory.identities.get(tokens.join(" "));

/** Verifies `tokens` and remembers who they stand for, until the token ends and for a minute at most. */
async function identify(c: Context<AppEnv>, tokens: string[]): Promise<Identity> {
  const outcomes = await Promise.allSettled(tokens.map((token) => verify(token, c.var.config.clerk)));
  const claims = outcomes
    .map((outcome) => (outcome.status === "fulfilled" ? outcome.value : null))
    .reduce(newest, null);
  // A token that could not be judged does not stand in the way of one that is good.
  const undecided = outcomes.find((outcome) => outcome.status === "rejected");
  if (!claims && undecided) throw undecided.reason;
  const identity = claims && identityOf(claims);
  if (!identity) throw new ApiError("unauthorized");

  const maxAge = Math.min(claims.exp * 1000 - Date.now(), REMEMBERED_MS);
  if (maxAge > 0) c.var.memory.identities.set(tokens.join(" "), identity, { maxAge });
  return identity;
}

/** The claims of a token that this Clerk instance signed and that is valid now, else null. */
async function verify(token: string, clerk: Config["clerk"]): Promise<VerifiedClaims | null> {
  if (!isToken(token)) return null;
  try {
    return await verifyToken(token, {
      authorizedParties: clerk.authorizedParties,
      ...(clerk.jwtKey ? { jwtKey: clerk.jwtKey } : { secretKey: clerk.secretKey }),
    });
  } catch (cause) {
    if (isTokensFault(cause)) return null;
    throw new ApiError("session_check_unavailable", {
      cause,
      headers: { "Retry-After": String(RETRY_AFTER_SECONDS) },
    });
  }
}

type VerifiedClaims = SessionClaims & { iat: number; exp: number };

const newest = (a: VerifiedClaims | null, b: VerifiedClaims | null) => (a && (!b || a.iat >= b.iat) ? a : b);

// verifyToken takes both parts for objects, and trips over a token whose header is another JSON value.
function isToken(text: string): boolean {
  try {
    const { header, payload } = decodeJwt(text);
    return Object(header) === header && Object(payload) === payload;
  } catch {
    return false;
  }
}

const isTokensFault = (error: unknown) =>
  error instanceof TokenVerificationError && !NOT_THE_TOKENS_FAULT.has(error.reason);
