// The committed OpenAPI document: valid, and up to date with the code.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, it } from "vitest";
import { createOpenApiDocument } from "../../scripts/openapi/document.ts";

const committed = JSON.parse(
  await readFile(join(import.meta.dirname, "../../src/openapi/openapi.json"), "utf8"),
);

it("the OpenAPI document is valid according to an independent validator", async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(committed));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

it("the committed OpenAPI document is what `npm run openapi` writes", () => {
  expect(committed).toEqual(JSON.parse(JSON.stringify(createOpenApiDocument())));
});

it("every operationId of the OpenAPI document is unique", () => {
  const operations = Object.values(
    committed.paths as Record<string, Record<string, { operationId: string }>>,
  );
  const ids = operations.flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
  expect(new Set(ids).size).toBe(ids.length);
});
