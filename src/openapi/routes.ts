// GET /api/openapi.json: the OpenAPI document, without a session. `npm run openapi` generates it.
import { createFactory } from "hono/factory";
import type { BaseEnv } from "../platform/env.ts";
import document from "./openapi.json" with { type: "json" };

let serialized: string | undefined;

export const getOpenApiDocument = createFactory<BaseEnv>().createHandlers((c) => {
  serialized ??= JSON.stringify(document);
  return c.body(serialized, 200, {
    "Content-Type": "application/json",
    "Cache-Control": "public, max-age=300",
  });
});
