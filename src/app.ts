// The route map: every path, and the middleware that applies to several of them. The middleware of a single route is
// listed in its handlers.
import { HonoBase } from "hono/hono-base";
import { methodNotAllowed } from "hono/method-not-allowed";
import { TrieRouter } from "hono/router/trie-router";
import { receivePolarWebhook } from "./billing/routes.ts";
import { deleteGeneration, deleteGenerations, getGeneration, getGenerations } from "./generations/routes.ts";
import { getHealth } from "./health/routes.ts";
import { requireIngestSecret } from "./ingest/auth.ts";
import { deleteInternalGeneration, deleteInternalVoice } from "./ingest/deletions.ts";
import { putGeneration, putGenerationAudio, putGenerationFailure } from "./ingest/routes.ts";
import { getGenerationPeaks, getVoicePeaks } from "./levels/routes.ts";
import { getOpenApiDocument } from "./openapi/routes.ts";
import { cors } from "./platform/cors.ts";
import type { BaseEnv } from "./platform/env.ts";
import { ApiError, respondWithError } from "./platform/errors.ts";
import { requestLog } from "./platform/request-log.ts";
import { securityHeaders } from "./platform/security-headers.ts";
import { getGenerationAudio } from "./playback/generation-audio.ts";
import { createGenerationLink, createVoiceLink } from "./playback/link-routes.ts";
import { getVoiceAudio } from "./playback/voice-audio.ts";
import { createVoice } from "./voice-creation/routes.ts";
import { deleteVoice, getVoice, getVoices, patchVoice } from "./voices/routes.ts";

// What the default router chooses for these paths: RegExpRouter takes no fixed path beside a parameter.
export const app = new HonoBase<BaseEnv>({ router: new TrieRouter() });

app.onError(respondWithError);
app.use(requestLog, securityHeaders);
// Both refuse every request of a deployment whose configuration is incomplete.
app.use("/internal/*", requireIngestSecret);
app.use("/api/*", cors);

const routes = app
  .get("/api/audio/:generationId", ...getGenerationAudio)
  .get("/api/audio/:generationId/peaks", ...getGenerationPeaks)
  .post("/api/audio/:generationId/link", ...createGenerationLink)
  .get("/api/voices/:voiceId", ...getVoiceAudio)
  .get("/api/voices/:voiceId/peaks", ...getVoicePeaks)
  .post("/api/voices/:voiceId/link", ...createVoiceLink)
  .post("/api/voices/create", ...createVoice)
  .get("/api/voices", ...getVoices)
  .get("/api/voices/:voiceId/metadata", ...getVoice)
  .patch("/api/voices/:voiceId", ...patchVoice)
  .delete("/api/voices/:voiceId", ...deleteVoice)
  .get("/api/generations", ...getGenerations)
  .get("/api/generations/:generationId", ...getGeneration)
  .delete("/api/generations/:generationId", ...deleteGeneration)
  .post("/api/generations/delete", ...deleteGenerations)
  .put("/internal/generations/:generationId", ...putGeneration)
  .put("/internal/generations/:generationId/audio", ...putGenerationAudio)
  .put("/internal/generations/:generationId/failure", ...putGenerationFailure)
  .delete("/internal/generations/:generationId", ...deleteInternalGeneration)
  .delete("/internal/voices/:voiceId", ...deleteInternalVoice)
  .post("/api/webhooks/polar", ...receivePolarWebhook)
  .get("/api/openapi.json", ...getOpenApiDocument)
  .get("/health", ...getHealth);

const rejectMethod = methodNotAllowed({
  app,
  onMethodNotAllowed: (c, methods) =>
    respondWithError(new ApiError("method_not_allowed", { headers: { Allow: methods.join(", ") } }), c),
});

// Hono's middleware only acts on a 404: called here, it costs the other requests nothing. The middleware of a path has
// run, so that /internal does not reveal to strangers which paths exist.
app.notFound(async (c) => {
  await rejectMethod(c, async () => {
    c.res = respondWithError(new ApiError("not_found"), c);
  });
  return c.res;
});

/** The type of Hono's client: `hc<AppType>(url)`. */
export type AppType = typeof routes;
