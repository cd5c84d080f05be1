// Protects unsafe methods from cross-site request forgery: a page of another origin must not act with the user's cookie.
import { createMiddleware } from "hono/factory";
import { readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import type { SessionEnv } from "./session.ts";

/**
 * Requires that a request with a session cookie comes from a page of the Worker's own origin or of APP_ORIGINS.
 * Requests with a bearer token, and those without an Origin, which no page of a browser sends, pass.
 * @throws {ApiError} `origin_not_allowed`
 */
export const csrfProtection = createMiddleware<SessionEnv>(async (c, next) => {
  const origin = c.req.header("Origin");
  const isAllowed =
    origin === undefined ||
    origin === new URL(c.req.url).origin ||
    readConfig(c.env).appOrigins.includes(origin);
  if (!isAllowed && c.var.credential === "cookie") throw new ApiError("origin_not_allowed");
  await next();
});
