// The routes of the app against the OpenAPI document.
import { afterEach, expect, it, vi } from "vitest";
import { app } from "../../src/app.ts";
import document from "../../src/openapi/openapi.json";
import { analysisWith } from "../support/analysis.ts";
import { call, newIsolate, statusOf } from "../support/call.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

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

it("the document is served as it is in the repository, and asked for once in an isolate, however long that lives", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const openApiDocument = vi.fn(async () => JSON.stringify(document));
  const isolate = newIsolate(analysisWith({ openApiDocument }));
  for (const env of [newIsolate(), isolate, isolate]) {
    const response = await call("/api/openapi.json", { isolate: env });
    vi.advanceTimersByTime(24 * 60 * 60_000);
    expect(await response.json()).toEqual(document);
  }
  expect(openApiDocument).toHaveBeenCalledOnce();
});

it("the document is 500 while the analysis Worker fails, which is not remembered", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const openApiDocument = vi.fn(async () => "{}").mockRejectedValueOnce(new Error("it is not deployed"));
  const isolate = newIsolate(analysisWith({ openApiDocument }));
  const ask = () => statusOf(call("/api/openapi.json", { isolate }));
  expect([await ask(), openApiDocument.mock.calls.length]).toEqual([500, 1]);
  openApiDocument.mockResolvedValue(JSON.stringify(document));
  expect(await ask()).toBe(200);
});
