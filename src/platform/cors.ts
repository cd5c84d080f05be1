// CORS with credentials for the origins of APP_ORIGINS, and for no other origin.
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

/** Answers preflights and adds CORS headers for an allowed origin. Without APP_ORIGINS nothing is added. */
export const cors = createMiddleware<BaseEnv>(async (c, next) => {
  const { appOrigins } = readConfig(c.env);
  if (appOrigins.length === 0) return next();
  const origin = c.req.header("Origin");
  if (origin !== undefined && appOrigins.includes(origin)) return allowOrigin(c, next);
  await next();
  c.header("Vary", "Origin", { append: true });
});
