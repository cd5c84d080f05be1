// The API's description (OpenAPI 3.1), put together from the schemas and errors that the code works with.
import { createDocument, type ZodOpenApiPathsObject } from "zod-openapi";
import { servicePaths } from "../../src/health/openapi.ts";
import { ingestPaths } from "../../src/ingest/openapi.ts";
import { audioPaths } from "../../src/playback/openapi.ts";
import { generationPaths, voicePaths } from "../../src/voices/openapi.ts";

/** One path's operations may be described in several places. */
function merged(...parts: ZodOpenApiPathsObject[]): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const part of parts) {
    for (const [path, operations] of Object.entries(part)) paths[path] = { ...paths[path], ...operations };
  }
  return paths;
}

export const describeApi = () =>
  createDocument({
    openapi: "3.1.1",
    info: {
      title: "Resonance Audio Edge",
      version: "1",
      description:
        "Plays voices and generations, and makes voices of recordings, for the organisation signed in.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: [{ name: "Voices" }, { name: "Generations" }, { name: "Ingest" }, { name: "Service" }],
    security: [{ session: [] }, { bearer: [] }],
    components: {
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "__session", description: "Clerk's session cookie" },
        ingest: { type: "http", scheme: "bearer", description: "The deployment's INGEST_SECRET" },
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "Clerk's session token" },
      },
    },
    paths: merged(audioPaths, voicePaths, generationPaths, ingestPaths, servicePaths),
  });
