// The check that `call` makes of every response: it fails for a response that the OpenAPI document does not describe.
import { describe, expect, it } from "vitest";
import { dispatch } from "../support/call.ts";
import { expectMatchesOpenApi } from "../support/openapi-conformance.ts";

describe("a response", () => {
  const json = (status: number, body: unknown, headers = {}) =>
    Response.json(body, { status, headers: { "X-Request-Id": "1", ...headers } });
  const { request } = dispatch("/api/generations/x", {});
  const error = { error: "Generation not found" };

  it.each([
    ["an undocumented status", json(418, error)],
    ["another JSON shape", json(404, { message: "Not found" })],
    ["a field of another type", json(404, { error: 7 })],
    ["another media type", json(404, error, { "Content-Type": "text/html" })],
    ["no request id", Response.json(error, { status: 404 })],
  ])("with %s does not match the OpenAPI document", async (_, response) => {
    await expect(expectMatchesOpenApi(request, response)).rejects.toThrow();
  });

  it("as documented matches the OpenAPI document", async () => {
    expect(await expectMatchesOpenApi(request, json(404, error))).toBe("getGeneration 404");
  });
});
