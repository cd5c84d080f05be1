// Compares the tables of docs/api.md with the OpenAPI document. Needs no running stack.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const page = await readFile(join(ROOT, "docs/api.md"), "utf8");

interface Operation {
  responses: Record<string, { description: string }>;
}
const { paths }: { paths: Record<string, Record<string, Operation>> } = JSON.parse(
  await readFile(join(ROOT, "src/openapi/openapi.json"), "utf8"),
);
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { responses }]) => ({
    request: `${method.toUpperCase()} ${path.replace("/internal/generations/{generationId}", "/internal/generations/{id}")}`,
    responses,
  })),
);

/** The cells of the table rows whose first cell matches `pattern`. */
const rows = (pattern: RegExp): string[][] =>
  page
    .split("\n")
    .map((line) => line.split("|").slice(1, -1))
    .filter(([first = ""]) => pattern.test(first.trim()))
    .map((cells) => cells.map((cell) => cell.trim()));

it("docs/api.md lists every operation of the OpenAPI document with exactly its statuses", () => {
  const documented = rows(/^`(GET|POST|PUT|PATCH|DELETE) \/(api|internal|health)/).map(
    ([request = "", ...cells]) => [
      request.replaceAll("`", ""),
      new Set(cells.join(" ").match(/\b[2-5]\d\d\b/g)),
    ],
  );
  const described = operations.map(({ request, responses }) => [request, new Set(Object.keys(responses))]);
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(described));
  expect(documented).toHaveLength(operations.length);
});

it("docs/api.md lists every error code of the OpenAPI document under its status", () => {
  const documented = new Map(rows(/^[45]\d\d$/).map(([status = "", codes = ""]) => [status, codes]));
  const described = operations.flatMap(({ responses }) => Object.entries(responses));
  const codes = described.flatMap(([status, { description }]) =>
    [...description.matchAll(/^`(\w+)`:/gm)].map(([, code]) => `${status} ${code}`),
  );
  expect(codes.length).toBeGreaterThan(40);
  for (const entry of new Set(codes)) {
    const [status = "", code] = entry.split(" ");
    expect(documented.get(status), entry).toContain(`\`${code}\``);
  }
});
