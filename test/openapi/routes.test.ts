// The routes of the app against the OpenAPI document.
import { expect, it } from "vitest";
import { app } from "../../src/app.ts";
import document from "../../src/openapi/openapi.json";

it("the OpenAPI document has exactly the routes of the app", () => {
  // A middleware is registered for all methods.
  const routes = app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
  const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(new Set(routes)).toEqual(new Set(documented));
  expect(documented.length).toBeGreaterThan(20);
});
