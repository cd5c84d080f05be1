// GET /api/openapi.json: the OpenAPI document, without a session. `npm run openapi` generates it.
import { createFactory } from "hono/factory";
import type { BaseEnv } from "../platform/env.ts";

let serialized: string | undefined;

export const getOpenApiDocument = createFactory<BaseEnv>().createHandlers(async (c) => {
  // A fifth of the script: imported here, it is evaluated when somebody asks for it, not at each start.
  serialized ??= JSON.stringify((await import("./openapi.json", { with: { type: "json" } })).default);
  return c.body(serialized, 200, {
    "Content-Type": "application/json",
    "Cache-Control": "public, max-age=300",
  });
});
