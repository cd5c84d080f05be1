// The analysis Worker as a binding: within the tests, over a bucket of their choice, or with methods of their own. Where a
// test replaces neither, the service calls the real one by RPC (vitest.config.mts).
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import Analysis from "../../analysis/src/index.ts";

/** An analysis Worker that reads `bucket`. */
export const analysisReading = (bucket: R2Bucket) => ({
  ANALYSIS: new Analysis(createExecutionContext(), { AUDIO: bucket }),
});

/** The analysis Worker, with `methods` instead of its own. */
export const analysisWith = <Methods extends object>(methods: Methods) => ({
  ANALYSIS: {
    probe: (...args: Parameters<Analysis["probe"]>) => env.ANALYSIS.probe(...args),
    levels: (...args: Parameters<Analysis["levels"]>) => env.ANALYSIS.levels(...args),
    check: () => env.ANALYSIS.check(),
    openApiDocument: () => env.ANALYSIS.openApiDocument(),
    ...methods,
  },
});
