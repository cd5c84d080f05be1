// `npm run openapi`: writes the OpenAPI document that the Worker serves.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createOpenApiDocument } from "./openapi/document.ts";

await writeFile(
  join(import.meta.dirname, "../src/openapi/openapi.json"),
  `${JSON.stringify(createOpenApiDocument(), null, 2)}\n`,
);
