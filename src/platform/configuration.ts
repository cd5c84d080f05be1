// Refuses to serve with a setting missing: a deployment without its keys fails loudly, never open.
import { createMiddleware } from "hono/factory";
import { type AppEnv, readConfig } from "./env.ts";
import { memoryOf } from "./isolate-cache.ts";

/** Sets `config`, and the `memory` that was gathered under it. @throws {ConfigurationError} naming what is missing. */
export const configuration = createMiddleware<AppEnv>(async (c, next) => {
  c.set("config", readConfig(c.env));
  c.set("memory", memoryOf(c.env));
  await next();
});
