// Middleware that verifies Clerk's session token and sets the identity. The only file that calls Clerk's SDK.
import { verifyToken } from "@clerk/backend";
import { TokenVerificationError, TokenVerificationErrorReason } from "@clerk/backend/errors";
import { decodeJwt } from "@clerk/backend/jwt";
import { getCookieSuffix, getSuffixedCookieName } from "@clerk/shared/keys";
import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { bearerToken } from "../http/bearer-token.ts";
import { type BaseEnv, type Config, readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { CACHE_TTL_MS, isolateCache, lru } from "../platform/isolate-cache.ts";
import { type Identity, identityOf, type SessionClaims } from "./session-claims.ts";

const SESSION_COOKIE = "__session";
const RETRY_AFTER_SECONDS = 5;

/** Failures of Clerk or of the configuration, not of the token: 500 instead of 401. */
const SERVICE_FAILURES: ReadonlySet<string> = new Set([
  TokenVerificationErrorReason.RemoteJWKFailedToLoad,
  TokenVerificationErrorReason.JWKFailedToResolve,
  TokenVerificationErrorReason.InvalidSecretKey,
]);

/** The context after the middleware {@link session}. */
export interface SessionEnv extends BaseEnv {
  Variables: BaseEnv["Variables"] & { identity: Identity; credential: "bearer" | "cookie" };
}

/** Verified identities by the tokens of the request. */
const identities = isolateCache(() => lru<Identity>());

/**
 * Requires a valid session with an active organisation and sets `identity` and `credential`. Reads the token from
 * `Authorization: Bearer`, otherwise from Clerk's session cookies.
 * @throws {ApiError} `unauthorized`, with the same message for every reason; `auth_unavailable` when Clerk's keys
 * cannot be fetched
 */
export const session = createMiddleware<SessionEnv>(async (c, next) => {
  const { clerk } = readConfig(c.env);
  const bearer = bearerToken(c.req.header("Authorization"));
  const tokens = bearer ? [bearer] : await sessionCookies(getCookie(c), clerk.publishableKey);
  const cache = identities(c.env);
  const cacheKey = tokens.join(" ");
  let identity = cache.get(cacheKey);
  if (!identity) {
    const verified = await identify(tokens, clerk);
    identity = verified.identity;
    const maxAge = Math.min(verified.expiresAt - Date.now(), CACHE_TTL_MS);
    if (maxAge > 0) cache.set(cacheKey, identity, { maxAge });
  }
  c.set("credential", bearer ? "bearer" : "cookie");
  c.set("identity", identity);
  c.set("loggedOrgId", identity.orgId);
  await next();
});

/**
 * A browser can send two session cookies: the plain one, which any Clerk instance on the host may have written last,
 * and the one of this instance, suffixed with a hash of its publishable key. They often hold the same token.
 */
async function sessionCookies(
  cookies: Record<string, string>,
  publishableKey: string | undefined,
): Promise<string[]> {
  const names = [SESSION_COOKIE];
  if (publishableKey) names.push(await suffixedCookieName(publishableKey));
  const tokens = names.flatMap((name) => cookies[name] ?? []);
  return [...new Set(tokens)];
}

const suffixedCookieNames = new Map<string, string>();

async function suffixedCookieName(publishableKey: string): Promise<string> {
  const known = suffixedCookieNames.get(publishableKey);
  if (known) return known;
  const name = getSuffixedCookieName(SESSION_COOKIE, await getCookieSuffix(publishableKey));
  suffixedCookieNames.set(publishableKey, name);
  return name;
}

/** The identity of the newest valid token, and when it expires in Unix milliseconds. */
async function identify(
  tokens: string[],
  clerk: Config["clerk"],
): Promise<{ identity: Identity; expiresAt: number }> {
  const outcomes = await Promise.allSettled(tokens.map((token) => verify(token, clerk)));
  const claims = outcomes
    .map((outcome) => (outcome.status === "fulfilled" ? outcome.value : null))
    .reduce(newest, null);
  // A valid token is enough, even when another one could not be checked.
  const unchecked = outcomes.find((outcome) => outcome.status === "rejected");
  if (!claims && unchecked) throw unchecked.reason;
  const identity = claims && identityOf(claims);
  if (!identity) throw new ApiError("unauthorized");
  return { identity, expiresAt: claims.exp * 1000 };
}

/** The claims of a token that this Clerk instance signed and that is valid now, otherwise null. */
async function verify(token: string, clerk: Config["clerk"]): Promise<VerifiedClaims | null> {
  if (!isDecodable(token)) return null;
  try {
    return await verifyToken(token, {
      authorizedParties: clerk.authorizedParties,
      ...(clerk.jwtKey ? { jwtKey: clerk.jwtKey } : { secretKey: clerk.secretKey }),
    });
  } catch (cause) {
    if (cause instanceof TokenVerificationError && !SERVICE_FAILURES.has(cause.reason)) return null;
    throw new ApiError("auth_unavailable", {
      cause,
      headers: { "Retry-After": String(RETRY_AFTER_SECONDS) },
    });
  }
}

type VerifiedClaims = SessionClaims & { iat: number; exp: number };

const newest = (a: VerifiedClaims | null, b: VerifiedClaims | null) => (a && (!b || a.iat >= b.iat) ? a : b);

/** verifyToken throws a TypeError for a token whose header or payload is valid JSON but no object. */
function isDecodable(token: string): boolean {
  try {
    const { header, payload } = decodeJwt(token);
    return Object(header) === header && Object(payload) === payload;
  } catch {
    return false;
  }
}
