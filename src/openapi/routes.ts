// GET /api/openapi.json: the OpenAPI document, without a session. `npm run openapi` generates it. The analysis Worker has
// it in its script: it would be a tenth of this one, which every new isolate reads (docs/decisions/0039).
import type { BaseEnv } from "../platform/env.ts";
import { createFactory } from "../platform/handlers.ts";
import { isolateCache } from "../platform/isolate-cache.ts";
import { withTimeout } from "../platform/timeout.ts";

const TIMEOUT_MS = 5_000;

/** Of the version of that Worker which was asked first: it is not asked again. */
const served = isolateCache((): { document?: string } => ({}));

export const getOpenApiDocument = createFactory<BaseEnv>().createHandlers(async (c) => {
  const known = served(c.env);
  known.document ??= await withTimeout("the analysis", TIMEOUT_MS, c.env.ANALYSIS.openApiDocument());
  return c.body(known.document, 200, {
    "Content-Type": "application/json",
    "Cache-Control": "public, max-age=300",
  });
});
