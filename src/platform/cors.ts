// Lets the pages of other origins of ours in, and keeps the pages of strangers out.
import { cors as honoCors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./env.ts";
import { ApiError } from "./errors.ts";

const allow = honoCors({
  origin: (origin) => origin,
  credentials: true,
  allowMethods: ["GET", "HEAD", "POST", "DELETE"],
  exposeHeaders: [
    "Accept-Ranges",
    "Cache-Status",
    "Content-Length",
    "Content-Range",
    "ETag",
    "Idempotent-Replayed",
    "Location",
    "Retry-After",
    "X-Request-Id",
  ],
  maxAge: 86_400,
});

/** Answers CORS for the origins of APP_ORIGINS alone. Without any, or for another origin, nothing is added. */
export const cors = createMiddleware<AppEnv>(async (c, next) => {
  const { appOrigins } = c.var.config;
  if (appOrigins.length === 0) return next();
  const origin = c.req.header("Origin");
  if (origin !== undefined && appOrigins.includes(origin)) return allow(c, next);
  await next();
  c.header("Vary", "Origin", { append: true });
});

/**
 * For unsafe methods: a page may only act with its user's cookie when it is ours. A request that brings its own
 * Bearer token, or that no page made (no Origin), is not concerned.
 * @throws {ApiError} `foreign_origin`
 */
export const ownPagesOnly = createMiddleware<AppEnv>(async (c, next) => {
  const origin = c.req.header("Origin");
  const isOurs =
    origin === undefined || origin === new URL(c.req.url).origin || c.var.config.appOrigins.includes(origin);
  if (!isOurs && c.var.credential === "cookie") throw new ApiError("foreign_origin");
  await next();
});
