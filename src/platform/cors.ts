// CORS and CORP: lets the pages of APP_ORIGINS use the API with credentials, and no other page.
import { cors as honoCors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import { type BaseEnv, readConfig } from "./env.ts";

const allowOrigin = honoCors({
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

/**
 * Answers preflights and adds CORS headers for an allowed origin. Without APP_ORIGINS nothing is added. With it, pages
 * of the same site may embed a response: a media element without `crossorigin` sends no Origin that could be checked.
 * Pages of other sites, to which browsers give no SameSite=Lax cookie, can make CORS requests only.
 * @throws {ConfigurationError} when a setting is missing or malformed
 */
export const cors = createMiddleware<BaseEnv>(async (c, next) => {
  const { appOrigins } = readConfig(c.env);
  if (appOrigins.length === 0) return next();
  const origin = c.req.header("Origin");
  const isAllowed = origin !== undefined && appOrigins.includes(origin);
  const preflight = isAllowed ? await allowOrigin(c, next) : await next();
  if (!isAllowed) c.header("Vary", "Origin", { append: true });
  // Audio that a playback link opened may be embedded anywhere.
  if (c.res.headers.get("Cross-Origin-Resource-Policy") !== "cross-origin") {
    c.header("Cross-Origin-Resource-Policy", "same-site");
  }
  return preflight;
});
