// Middleware that refuses every request of a deployment whose configuration is incomplete.
import { createMiddleware } from "hono/factory";
import { type BaseEnv, readConfig } from "./env.ts";

/** @throws {ConfigurationError} naming each missing or malformed setting */
export const requireConfiguration = createMiddleware<BaseEnv>(async (c, next) => {
  readConfig(c.env);
  await next();
});
