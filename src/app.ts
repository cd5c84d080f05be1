// The map: which request meets what, in which order.
import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { session } from "./auth/session.ts";
import { receivePolarWebhook } from "./billing/routes.ts";
import { subscription } from "./billing/subscription.ts";
import { getGeneration, getGenerations } from "./generations/routes.ts";
import { generationListQuery } from "./generations/schema.ts";
import { getHealth } from "./health/routes.ts";
import { ingestSecret } from "./ingest/auth.ts";
import { ingest } from "./ingest/routes.ts";
import { getDescription } from "./openapi/routes.ts";
import { configuration } from "./platform/configuration.ts";
import { cors, ownPagesOnly } from "./platform/cors.ts";
import type { AppEnv } from "./platform/env.ts";
import { ApiError, respondWithError } from "./platform/errors.ts";
import { observation } from "./platform/request-log.ts";
import { securityHeaders } from "./platform/security-headers.ts";
import { jsonSize, validQuery } from "./platform/validation.ts";
import { getGenerationAudio } from "./playback/generation-audio.ts";
import { getVoiceAudio } from "./playback/voice-audio.ts";
import { chunkedUploads } from "./recordings/chunked-upload-limit.ts";
import { idempotency } from "./voice-creation/idempotency.ts";
import { createLimit } from "./voice-creation/rate-limit.ts";
import { createVoice } from "./voice-creation/routes.ts";
import { voiceInput } from "./voice-creation/schema.ts";
import { deleteVoice, getVoice, getVoices } from "./voices/routes.ts";
import { voiceListQuery } from "./voices/schema.ts";

export const app = new Hono<AppEnv>();

app.onError(respondWithError);
app.notFound((c) => respondWithError(new ApiError("not_found"), c));

app.use(observation);
app.use(securityHeaders);
// Before all that would tell what is behind it.
app.use("/internal/*", configuration, ingestSecret);
app.use(
  methodNotAllowed({
    app,
    onMethodNotAllowed: (c, methods) =>
      respondWithError(new ApiError("method_not_allowed", { headers: { Allow: methods.join(", ") } }), c),
  }),
);

app.use("/api/*", configuration, cors);

const routes = app
  .get("/api/audio/:generationId", session, getGenerationAudio)
  .get("/api/voices/:voiceId", session, getVoiceAudio)
  .post(
    "/api/voices/create",
    session,
    ownPagesOnly,
    createLimit,
    idempotency,
    subscription,
    validQuery(voiceInput),
    chunkedUploads,
    createVoice,
  )
  .get("/api/voices", session, validQuery(voiceListQuery), getVoices)
  .get("/api/voices/:voiceId/metadata", session, getVoice)
  .delete("/api/voices/:voiceId", session, ownPagesOnly, deleteVoice)
  .get("/api/generations", session, validQuery(generationListQuery), getGenerations)
  .get("/api/generations/:generationId", session, getGeneration)
  .post("/api/webhooks/polar", jsonSize, receivePolarWebhook)
  .get("/api/openapi.json", getDescription)
  .get("/health", getHealth)
  .route("/internal", ingest);

/** What Hono's client `hc` is typed with. */
export type AppType = typeof routes;
