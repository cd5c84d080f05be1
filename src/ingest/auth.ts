// Middleware that protects the internal HTTP API with INGEST_SECRET as a bearer token.
import { createMiddleware } from "hono/factory";
import { timingSafeEqual } from "hono/utils/buffer";
import { bearerToken } from "../http/bearer-token.ts";
import { type BaseEnv, readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";

/**
 * Disabled (404) when INGEST_SECRET is unset.
 * @throws {ApiError} `not_found`, `unauthorized`
 * @throws {ConfigurationError} when a setting is missing or malformed
 */
export const requireIngestSecret = createMiddleware<BaseEnv>(async (c, next) => {
  const { ingestSecrets } = readConfig(c.env);
  if (ingestSecrets.length === 0) throw new ApiError("not_found");
  const token = bearerToken(c.req.header("Authorization")) ?? "";
  // Every secret is compared, so that the duration does not reveal which one matched.
  const matches = await Promise.all(ingestSecrets.map((secret) => timingSafeEqual(secret, token)));
  if (!matches.includes(true)) throw new ApiError("unauthorized");
  await next();
});
