// `npm run openapi`: writes the API's description, which the Worker serves as it stands.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeApi } from "./openapi/document.ts";

await writeFile(
  join(import.meta.dirname, "../src/openapi/openapi.json"),
  `${JSON.stringify(describeApi(), null, 2)}\n`,
);
