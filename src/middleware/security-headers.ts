// On every answer: no guessing of types, and no page may be made of one.
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env.ts";

export const securityHeaders = createMiddleware<AppEnv>(async (c, next) => {
  // Before the answer is made: a header added to a finished one costs a copy of it.
  c.header("X-Content-Type-Options", "nosniff");
  // Should bytes ever be taken for a document, it is an inert one of no origin.
  c.header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
  await next();
});
