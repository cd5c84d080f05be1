// Middleware that verifies Clerk's session token and sets the identity. The only file that calls Clerk's SDK.
import { verifyToken } from "@clerk/backend";
import { TokenVerificationError, TokenVerificationErrorReason } from "@clerk/backend/errors";
import { decodeJwt } from "@clerk/backend/jwt";
import { getCookieSuffix, getSuffixedCookieName } from "@clerk/shared/keys";
import type { HonoRequest } from "hono";
import { createMiddleware } from "hono/factory";
import { bearerToken } from "../http/bearer-token.ts";
import { type BaseEnv, type Config, readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { CACHE_TTL_MS, isolateCache, lru } from "../platform/isolate-cache.ts";
import type { Identity } from "./session-claims.ts";
import { isCompactJwt, sessionTokens } from "./session-cookies.ts";
import { type Credential, readSession, type Session } from "./session-token.ts";

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
  Variables: BaseEnv["Variables"] & { identity: Identity; credential: Credential };
}

/** Verified identities by the credential and the tokens of the request: a cookie's token can be refused as a bearer's. */
const identities = isolateCache(() => lru<Identity>());

/**
 * Requires a valid session with an active organisation and sets `identity` and `credential`.
 * @throws {ApiError} `unauthorized`, with the same message for every reason; `auth_unavailable` when Clerk's keys
 * cannot be fetched
 */
export const session = createMiddleware<SessionEnv>(async (c, next) => {
  const authenticated = await authenticate(c.env, c.req);
  if (!authenticated) throw new ApiError("unauthorized");
  c.set("credential", authenticated.credential);
  c.set("identity", authenticated.identity);
  c.set("loggedOrgId", authenticated.identity.orgId);
  await next();
});

/**
 * The identity of the request's session, or null when it has no valid one with an active organisation. Reads the token
 * from `Authorization: Bearer`, otherwise from Clerk's session cookies.
 * @throws {ApiError} `auth_unavailable` when Clerk's keys cannot be fetched
 */
export async function authenticate(
  env: Env,
  request: HonoRequest,
): Promise<{ identity: Identity; credential: Credential } | null> {
  const { clerk } = readConfig(env);
  const bearer = bearerToken(request.header("Authorization"));
  const credential = bearer ? "bearer" : "cookie";
  const tokens = bearer
    ? [bearer]
    : sessionTokens(request.header("Cookie") ?? "", await cookieNames(env, clerk.publishableKey));
  const cache = identities(env);
  const cacheKey = [credential, ...tokens].join(" ");
  let identity = cache.get(cacheKey);
  if (!identity) {
    // Checked after the cache, which has verified tokens only.
    const verified = await identify(tokens.filter(isCompactJwt), credential, clerk);
    if (!verified) return null;
    identity = verified.identity;
    const maxAge = Math.min(verified.expiresAt - Date.now(), CACHE_TTL_MS);
    if (maxAge > 0) cache.set(cacheKey, identity, { maxAge });
  }
  return { identity, credential };
}

const suffixedNames = isolateCache(() => lru<string>());

/**
 * Clerk's session cookies: the one of this instance, suffixed with a hash of its publishable key, and the plain one,
 * which any Clerk instance on the host or on a parent domain may have written. They often hold the same token.
 */
async function cookieNames(env: Env, publishableKey: string | undefined): Promise<string[]> {
  if (!publishableKey) return [SESSION_COOKIE];
  const names = suffixedNames(env);
  let suffixed = names.get(publishableKey);
  if (!suffixed) {
    suffixed = getSuffixedCookieName(SESSION_COOKIE, await getCookieSuffix(publishableKey));
    names.set(publishableKey, suffixed);
  }
  return [suffixed, SESSION_COOKIE];
}

/** The identity of the newest valid session, and until when it may be remembered, in Unix milliseconds, or null. */
async function identify(
  tokens: string[],
  credential: Credential,
  clerk: Config["clerk"],
): Promise<{ identity: Identity; expiresAt: number } | null> {
  const outcomes = await Promise.allSettled(tokens.map((token) => verify(token, credential, clerk)));
  const found = outcomes
    .map((outcome) => (outcome.status === "fulfilled" ? outcome.value : null))
    .reduce(newest, null);
  // A valid token is enough, even when another one could not be checked.
  const unchecked = outcomes.find((outcome) => outcome.status === "rejected");
  if (!found && unchecked) throw unchecked.reason;
  if (!found?.identity) return null;
  // Not remembered while a newer session may be among the unchecked ones.
  return { identity: found.identity, expiresAt: unchecked ? 0 : found.expiresAt * 1000 };
}

const newest = (a: Session | null, b: Session | null) => (a && (!b || a.issuedAt >= b.issuedAt) ? a : b);

/** The session of a token that this Clerk instance signed and that is valid now, otherwise null. */
async function verify(
  token: string,
  credential: Credential,
  clerk: Config["clerk"],
): Promise<Session | null> {
  const header = headerOf(token);
  if (!header) return null;
  try {
    // Without `authorizedParties`: with them, the SDK refuses every token without `azp` since 3.11.1.
    const payload = await verifyToken(
      token,
      clerk.jwtKey ? { jwtKey: clerk.jwtKey } : { secretKey: clerk.secretKey },
    );
    return readSession({ header, payload }, credential, clerk);
  } catch (cause) {
    if (cause instanceof TokenVerificationError && !SERVICE_FAILURES.has(cause.reason)) return null;
    throw new ApiError("auth_unavailable", {
      cause,
      headers: { "Retry-After": String(RETRY_AFTER_SECONDS) },
    });
  }
}

/** The header of a token; null when verifyToken would throw a TypeError, for a header or payload that is no object. */
function headerOf(token: string): object | null {
  try {
    const { header, payload } = decodeJwt(token);
    return Object(header) === header && Object(payload) === payload ? header : null;
  } catch {
    return null;
  }
}
