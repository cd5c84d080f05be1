// Security headers of every response: no MIME sniffing, no rendering as a document, no use by other origins, no address
// in a Referer, no caching unless stated.
import { createMiddleware } from "hono/factory";

export const SECURITY_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  // Stored bytes that a browser renders as a document have no scripts and no origin.
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  // A page of another origin can neither play nor measure what the user's cookie would open. cors.ts relaxes this.
  "Cross-Origin-Resource-Policy": "same-origin",
  // The address of a playback link plays its audio.
  "Referrer-Policy": "no-referrer",
};

/**
 * What a response of a session depends on. A browser replays a stored response only to the session that received it,
 * and asks again after a sign-out or a change of organisation (RFC 9111 §4.1).
 */
export const VARY_ON_SESSION = "Cookie, Authorization";

/**
 * Adds {@link SECURITY_HEADERS} to a response that was not created with them, and, unless it states how it may be
 * cached, `Cache-Control: no-store` and {@link VARY_ON_SESSION}.
 */
export const securityHeaders = createMiddleware(async (c, next) => {
  await next();
  const { headers } = c.res;
  if (headers.has("Content-Security-Policy")) return;
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    if (!headers.has(name)) headers.set(name, value);
  }
  if (headers.has("Cache-Control")) return;
  headers.set("Cache-Control", "no-store");
  headers.append("Vary", VARY_ON_SESSION);
});
