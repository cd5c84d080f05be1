// Assembles the OpenAPI document from the fragments of the capabilities in src/.
import { createDocument, type ZodOpenApiPathsObject } from "zod-openapi";
import { billingPaths } from "../../src/billing/openapi.ts";
import { eventWebhooks } from "../../src/events/openapi.ts";
import { generationPaths } from "../../src/generations/openapi.ts";
import { healthPaths } from "../../src/health/openapi.ts";
import { ingestPaths } from "../../src/ingest/openapi.ts";
import { peaksPaths } from "../../src/levels/openapi.ts";
import { openApiPaths } from "../../src/openapi/openapi.ts";
import { audioPaths } from "../../src/playback/openapi.ts";
import { voiceCreationPaths } from "../../src/voice-creation/openapi.ts";
import { voicePaths } from "../../src/voices/openapi.ts";

/** Two capabilities can describe operations of the same path. */
function mergePaths(...fragments: ZodOpenApiPathsObject[]): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const fragment of fragments) {
    for (const [path, operations] of Object.entries(fragment))
      paths[path] = { ...paths[path], ...operations };
  }
  return paths;
}

export const createOpenApiDocument = () =>
  createDocument({
    openapi: "3.1.1",
    info: {
      title: "Resonance Audio Edge",
      version: "1",
      description:
        "Plays voices and generations, and creates voices from recordings, for the organisation of the session.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "Voices" },
      { name: "Generations" },
      { name: "Ingest" },
      { name: "Events" },
      { name: "Service" },
    ],
    security: [{ session: [] }, { bearer: [] }],
    components: {
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "__session", description: "Clerk's session cookie" },
        link: { type: "apiKey", in: "query", name: "link", description: "Of a playback link" },
        ingest: { type: "http", scheme: "bearer", description: "The deployment's INGEST_SECRET" },
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "Clerk's session token" },
      },
    },
    paths: mergePaths(
      audioPaths,
      peaksPaths,
      voicePaths,
      voiceCreationPaths,
      generationPaths,
      ingestPaths,
      billingPaths,
      openApiPaths,
      healthPaths,
    ),
    webhooks: eventWebhooks,
  });
