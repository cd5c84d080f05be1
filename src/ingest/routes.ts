// The map of the way in for generations. Who may go it, each of its two doors decides: app.ts and audio-ingest.ts.
import { Hono } from "hono";
import type { AppEnv } from "../platform/env.ts";
import { jsonOnly, jsonSize, validJson, validPath } from "../platform/validation.ts";
import { chunkedUploads } from "../recordings/chunked-upload-limit.ts";
import { failureInput, generationInput, generationPath } from "./schema.ts";
import { beginGeneration, giveUpGeneration, receiveGenerationAudio } from "./service.ts";

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
