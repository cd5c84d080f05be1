// The API's description as a document: valid, and written from the code as it is now.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, it } from "vitest";
import { createOpenApiDocument } from "../../scripts/openapi/document.ts";

const committed = JSON.parse(
  await readFile(join(import.meta.dirname, "../../src/openapi/openapi.json"), "utf8"),
);

it("is valid OpenAPI 3.1, to a validator that had no part in it", async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(committed));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

it("is what `npm run openapi` writes from the code", () => {
  expect(committed).toEqual(JSON.parse(JSON.stringify(createOpenApiDocument())));
});

it("names each of its operations once", () => {
  const operations = Object.values(
    committed.paths as Record<string, Record<string, { operationId: string }>>,
  );
  const ids = operations.flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
  expect(new Set(ids).size).toBe(ids.length);
});
