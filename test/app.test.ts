import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { readConfig } from "../src/platform/env.ts";
import { call, failingOn } from "./support/call.ts";
import { givenVoice } from "./support/fixtures.ts";

describe("every error", () => {
  it.each([
    "/",
    "/api",
    "/api/audio",
    "/api/audio/",
    "/api/audio/a/b",
    "/api/voices/a/b",
    "/api/nothing",
    "/__dev/polar/events",
  ])("is JSON on the unknown path %s", async (path) => {
    const response = await call(path, { as: "org_a" });
    expect(response.status).toBe(404);
    await expectJsonError(response, "Not found");
  });

  it.each([
    ["PUT", "/api/audio/x", "GET, HEAD"],
    ["POST", "/api/audio/x", "GET, HEAD"],
    ["POST", "/api/voices/x", "DELETE, GET, HEAD"],
    ["OPTIONS", "/api/voices/x", "DELETE, GET, HEAD"],
    ["PUT", "/api/voices/create", "DELETE, GET, HEAD, POST"],
    ["POST", "/api/voices", "GET, HEAD"],
    ["DELETE", "/api/generations/x", "GET, HEAD"],
  ])("is JSON on the wrong method %s %s, and names the right ones", async (method, path, allow) => {
    const response = await call(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")?.split(", ").sort().join(", ")).toBe(allow);
    await expectJsonError(response, "Method not allowed");
  });

  it("is JSON when something throws, and tells nothing of the inside", async () => {
    const response = await call("/api/voices/x", { as: "org_a", env: { DB: failingOn(env.DB, /select/) } });
    expect(response.status).toBe(500);
    await expectJsonError(response, "Something went wrong. Please try again.");
  });

  it("takes `create` for a voice's id when it is asked for with GET", async () => {
    const response = await call("/api/voices/create", { as: "org_a" });
    expect(response.status).toBe(404);
    await expectJsonError(response, "Voice not found");
  });
});

describe("a strange id is 404", () => {
  const strange = {
    "an encoded slash": "a%2Fb",
    "an encoded traversal": "..%2F..%2Fvoices%2Fsystem",
    "a NUL": "a%00b",
    "broken percent-encoding": "%E0%A4%A",
    "10 kB": "x".repeat(10_000),
    unicode: "%F0%9F%8E%99%EF%B8%8F",
    SQL: "'%20or%201=1--",
  };
  for (const [what, id] of Object.entries(strange)) {
    it.each(["/api/audio/", "/api/voices/"])(`${what} under %s`, async (path) => {
      const response = await call(path + id, { as: "org_a" });
      expect(response.status).toBe(404);
      expect(response.headers.get("Content-Type")).toBe("application/json");
      await response.text();
    });
  }
});

describe("a deployment that lacks a setting", () => {
  const settings: Record<string, Record<string, unknown>> = {
    "Clerk's key": { CLERK_JWT_KEY: "" },
    "a readable key of Clerk": {
      CLERK_JWT_KEY: "-----BEGIN PUBLIC KEY-----\\nMII\\n-----END PUBLIC KEY-----",
    },
    "the authorised parties": { CLERK_AUTHORIZED_PARTIES: "" },
    "any authorised party": { CLERK_AUTHORIZED_PARTIES: " , " },
    "Polar's token": { POLAR_ACCESS_TOKEN: undefined },
    "Polar's address": { POLAR_BASE_URL: "polar" },
    "the database": { DB: undefined },
    "the bucket": { AUDIO: undefined },
  };
  const requests: [string, string][] = [
    ["GET", "/api/audio/x"],
    ["GET", "/api/voices/x"],
    ["POST", "/api/voices/create?name=a&category=GENERAL&language=en"],
  ];
  for (const [what, missing] of Object.entries(settings)) {
    it.each(requests)(`(${what}) answers 500 to %s %s, never open`, async (method, path) => {
      const response = await call(path, { method, as: "org_a", env: missing });
      expect(response.status).toBe(500);
      await expectJsonError(response, "The service is not configured. The log names the missing setting.");
    });
  }
});

it("the log of a bare deployment names all that is missing, and no value", () => {
  const bare = {
    DB: env.DB,
    AUDIO: env.AUDIO,
    POLAR_ACCESS_TOKEN: "polar_oat_secret",
    POLAR_BASE_URL: "polar",
  };
  const check = () => readConfig(bare as unknown as Env);
  expect(check).toThrow(/CLERK_JWT_KEY is missing/);
  expect(check).toThrow(/CLERK_AUTHORIZED_PARTIES is missing/);
  expect(check).toThrow(/POLAR_BASE_URL is not a URL/);
  expect(check).not.toThrow(/secret/);
});

describe("with CLERK_SECRET_KEY in the place of CLERK_JWT_KEY", () => {
  const byJwks = (secretKey: string) => ({ CLERK_JWT_KEY: "", CLERK_SECRET_KEY: secretKey });

  it("tokens are verified by Clerk's key set", async () => {
    const id = await givenVoice(null);
    const response = await call(`/api/voices/${id}`, { as: "org_a", env: byJwks("sk_test_local") });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  });

  it("a key set that cannot be had is 500 with Retry-After, not a sign-out", async () => {
    const response = await call("/api/voices/x", { as: "org_a", env: byJwks("sk_test_wrong") });
    expect(response.status).toBe(500);
    expect(response.headers.get("Retry-After")).toBe("5");
    await expectJsonError(response, "Your session could not be checked right now. Please try again.");
  });
});

async function expectJsonError(response: Response, error: string): Promise<void> {
  expect(response.headers.get("Content-Type")).toBe("application/json");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
  expect(await response.json()).toEqual({ error });
}
