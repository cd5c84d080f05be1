// What a route's HTTPException or another thrown value becomes: its status is kept, the cause of a 5xx is only logged.
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { BaseEnv } from "../../src/platform/env.ts";
import { respondWithError } from "../../src/platform/errors.ts";

const INTERNAL_MESSAGE = "Something went wrong. Please try again.";

afterEach(() => vi.restoreAllMocks());

/** The response of a route that throws `error`, and what was logged. */
async function responseTo(error: Error) {
  const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const app = new Hono<BaseEnv>();
  app.onError(respondWithError);
  app.get("/", () => {
    throw error;
  });
  const response = await app.request("/");
  return { response, body: await response.json(), log: logged.mock.calls.join("\n") };
}

describe("an HTTPException", () => {
  it.each<[ContentfulStatusCode, string]>([
    [401, "Token missing"],
    [403, "Forbidden by middleware"],
    [413, "Payload Too Large"],
    [418, "Teapot"],
    [429, "Slow down"],
  ])("of status %i keeps its status and its message, and is not logged", async (status, message) => {
    const { response, body, log } = await responseTo(new HTTPException(status, { message }));
    expect(response.status).toBe(status);
    expect(body).toEqual({ error: message });
    expect(log).toBe("");
  });

  it("of status 401 has WWW-Authenticate: Bearer", async () => {
    const { response } = await responseTo(new HTTPException(401));
    expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
  });

  it("below 500 without a message has the fixed message", async () => {
    const { response, body } = await responseTo(new HTTPException(403));
    expect(response.status).toBe(403);
    expect(body).toEqual({ error: "The request was refused" });
  });

  it("of status 400 from Hono's JSON validator is the error malformed_json", async () => {
    const { response, body } = await responseTo(
      new HTTPException(400, { message: "Malformed JSON in request body" }),
    );
    expect(response.status).toBe(400);
    expect(body).toEqual({ error: "The request body is not valid JSON" });
  });

  it.each<[ContentfulStatusCode]>([[500], [502], [503], [504]])(
    "of status %i keeps its status with the fixed message, and its own message is only logged",
    async (status) => {
      const { response, body, log } = await responseTo(
        new HTTPException(status, { message: "password=hunter2", cause: new Error("root cause") }),
      );
      expect(response.status).toBe(status);
      expect(body).toEqual({ error: INTERNAL_MESSAGE });
      expect(log).toContain("password=hunter2");
      expect(log).toContain("root cause");
    },
  );
});

it("any other thrown error is 500 with the fixed message, and its own message is only logged", async () => {
  const { response, body, log } = await responseTo(new TypeError("secret detail"));
  expect(response.status).toBe(500);
  expect(body).toEqual({ error: INTERNAL_MESSAGE });
  expect(log).toContain("secret detail");
});
