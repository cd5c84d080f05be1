// GET /api/openapi.json: the OpenAPI document, without a session. `npm run openapi` generates it. The analysis Worker has
// it in its script: it would be a tenth of this one, which every new isolate reads (docs/decisions/0039).
import type { BaseEnv } from "../platform/env.ts";
import { createFactory } from "../platform/handlers.ts";
import { isolateCache, lru } from "../platform/isolate-cache.ts";
import { withTimeout } from "../platform/timeout.ts";

const TIMEOUT_MS = 5_000;

const documents = isolateCache(() => lru<string>());

export const getOpenApiDocument = createFactory<BaseEnv>().createHandlers(async (c) => {
  const cache = documents(c.env);
  let document = cache.get("current");
  if (document === undefined) {
    document = await withTimeout("the analysis", TIMEOUT_MS, c.env.ANALYSIS.openApiDocument());
    cache.set("current", document);
  }
  return c.body(document, 200, {
    "Content-Type": "application/json",
    "Cache-Control": "public, max-age=300",
  });
});
