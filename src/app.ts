// The map: which request meets what, in which order.
import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import type { AppEnv } from "./env.ts";
import { ApiError, respondWithError } from "./errors.ts";
import { ingest } from "./ingest.ts";
import { chunkedUploads } from "./middleware/chunked-uploads.ts";
import { configuration } from "./middleware/configuration.ts";
import { cors, ownPagesOnly } from "./middleware/cors.ts";
import { idempotency } from "./middleware/idempotency.ts";
import { ingestSecret } from "./middleware/ingest-secret.ts";
import { observation } from "./middleware/observation.ts";
import { createLimit } from "./middleware/rate-limit.ts";
import { securityHeaders } from "./middleware/security-headers.ts";
import { session } from "./middleware/session.ts";
import { subscription } from "./middleware/subscription.ts";
import { jsonSize, validQuery } from "./middleware/valid-input.ts";
import { createVoice } from "./routes/create-voice.ts";
import { getGenerationAudio } from "./routes/generation-audio.ts";
import { getGeneration, getGenerations } from "./routes/generation-json.ts";
import { getHealth } from "./routes/health.ts";
import { getDescription } from "./routes/openapi.ts";
import { receivePolarWebhook } from "./routes/polar-webhook.ts";
import { getVoiceAudio } from "./routes/voice-audio.ts";
import { deleteVoice, getVoice, getVoices } from "./routes/voice-json.ts";
import { generationListQuery } from "./rules/generation-resource.ts";
import { voiceInput } from "./rules/voice-input.ts";
import { voiceListQuery } from "./rules/voice-resource.ts";

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
