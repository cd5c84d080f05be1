// Security headers of every response: no MIME sniffing, no rendering as a document, no caching unless stated.
import { createMiddleware } from "hono/factory";

export const SECURITY_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  // Stored bytes that a browser renders as a document have no scripts and no origin.
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
};

/** Adds {@link SECURITY_HEADERS} to a response that was not created with them, and `Cache-Control: no-store`. */
export const securityHeaders = createMiddleware(async (c, next) => {
  await next();
  if (c.res.headers.has("Content-Security-Policy")) return;
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
  if (!c.res.headers.has("Cache-Control")) c.res.headers.set("Cache-Control", "no-store");
});
