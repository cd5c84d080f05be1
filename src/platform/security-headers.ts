// On every answer: no guessing of types, no page may be made of one, and nothing is kept that does not say so.
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./env.ts";

export const SECURITY_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  // Should bytes ever be taken for a document, it is an inert one of no origin.
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
};

/** Adds the headers to an answer that was not made with them. */
export const securityHeaders = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (c.res.headers.has("Content-Security-Policy")) return;
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
  if (!c.res.headers.has("Cache-Control")) c.res.headers.set("Cache-Control", "no-store");
});
