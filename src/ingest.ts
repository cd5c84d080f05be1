// The map of the way in for generations. Who may go it, each of its two doors decides: app.ts and audio-ingest.ts.
import { Hono } from "hono";
import type { AppEnv } from "./env.ts";
import { chunkedUploads } from "./middleware/chunked-uploads.ts";
import { jsonOnly, jsonSize, validJson, validPath } from "./middleware/valid-input.ts";
import { beginGeneration, giveUpGeneration, receiveGenerationAudio } from "./routes/ingest-generation.ts";
import { failureInput, generationInput, generationPath } from "./rules/generation-input.ts";

const named = validPath(generationPath);

export const ingest = new Hono<AppEnv>()
  .put("/generations/:generationId", jsonSize, jsonOnly, named, validJson(generationInput), beginGeneration)
  .put("/generations/:generationId/audio", named, chunkedUploads, receiveGenerationAudio)
  .put(
    "/generations/:generationId/failure",
    jsonSize,
    jsonOnly,
    named,
    validJson(failureInput),
    giveUpGeneration,
  );
