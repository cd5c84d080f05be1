// Middleware that refuses every request of a deployment whose configuration is incomplete.
import { createMiddleware } from "hono/factory";
import { type ConfigEnv, readConfig } from "./env.ts";

/** Sets `config`. @throws {ConfigurationError} naming each missing or malformed setting */
export const configuration = createMiddleware<ConfigEnv>(async (c, next) => {
  c.set("config", readConfig(c.env));
  await next();
});
