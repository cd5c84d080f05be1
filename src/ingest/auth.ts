// The door for backends: the bearer secret of INGEST_SECRET. Without one there is no door.
import { createMiddleware } from "hono/factory";
import { timingSafeEqual } from "hono/utils/buffer";
import type { AppEnv } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";

/** @throws {ApiError} `not_found` where no secret is set; `unauthorized` */
export const ingestSecret = createMiddleware<AppEnv>(async (c, next) => {
  const { ingestSecrets } = c.var.config;
  if (ingestSecrets.length === 0) throw new ApiError("not_found");
  const told = /^Bearer +(\S+)$/i.exec(c.req.header("Authorization") ?? "")?.[1] ?? "";
  const matches = await Promise.all(ingestSecrets.map((secret) => timingSafeEqual(secret, told)));
  if (!matches.includes(true)) throw new ApiError("unauthorized");
  await next();
});
