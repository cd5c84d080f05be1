// What holds for every route: JSON errors, unusual ids, missing settings, and how tokens are verified.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readConfig } from "../src/platform/env.ts";
import { failingQueries } from "./support/bindings.ts";
import { call } from "./support/call.ts";
import { givenVoice } from "./support/fixtures.ts";
import { skipTimers } from "./support/timeouts.ts";

afterEach(() => vi.restoreAllMocks());

describe("an error", () => {
  it.each([
    "/",
    "/api",
    "/api/audio",
    "/api/audio/",
    "/api/audio/a/b",
    "/api/voices/a/b",
    "/api/nothing",
    "/__dev/polar/events",
  ])("on the unknown path %s is 404 as JSON", async (path) => {
    const response = await call(path, { as: "org_a" });
    expect(response.status).toBe(404);
    await expectJsonError(response, "Not found");
  });

  it.each([
    ["PUT", "/api/audio/x", "GET, HEAD"],
    ["POST", "/api/audio/x", "GET, HEAD"],
    ["GET", "/api/audio/x/link", "POST"],
    ["POST", "/api/voices/x", "DELETE, GET, HEAD, PATCH"],
    ["OPTIONS", "/api/voices/x", "DELETE, GET, HEAD, PATCH"],
    ["PUT", "/api/voices/create", "DELETE, GET, HEAD, PATCH, POST"],
    ["POST", "/api/voices", "GET, HEAD"],
    ["PUT", "/api/generations/x", "DELETE, GET, HEAD"],
  ])("for the wrong method in %s %s is 405 as JSON, with Allow: %s", async (method, path, allow) => {
    const response = await call(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")?.split(", ").sort().join(", ")).toBe(allow);
    await expectJsonError(response, "Method not allowed");
  });

  it("that a route throws is 500 as JSON with a fixed message", async () => {
    const response = await call("/api/voices/x", {
      as: "org_a",
      env: { DB: failingQueries(env.DB, /select/) },
    });
    expect(response.status).toBe(500);
    await expectJsonError(response, "Something went wrong. Please try again.");
  });

  it("for GET /api/voices/create is 404, because `create` is read as the id of a voice", async () => {
    const response = await call("/api/voices/create", { as: "org_a" });
    expect(response.status).toBe(404);
    await expectJsonError(response, "Voice not found");
  });
});

describe("an unusual id", () => {
  const unusual = {
    "with an encoded slash": "a%2Fb",
    "with an encoded path traversal": "..%2F..%2Fvoices%2Fsystem",
    "with a NUL": "a%00b",
    "with broken percent-encoding": "%E0%A4%A",
    "of 10 kB": "x".repeat(10_000),
    "of an emoji": "%F0%9F%8E%99%EF%B8%8F",
    "of SQL": "'%20or%201=1--",
  };
  for (const [kind, id] of Object.entries(unusual)) {
    it.each(["/api/audio/", "/api/voices/"])(`${kind} is 404 as JSON under %s`, async (path) => {
      const response = await call(path + id, { as: "org_a" });
      expect(response.status).toBe(404);
      expect(response.headers.get("Content-Type")).toBe("application/json");
      await response.text();
    });
  }
});

describe("a deployment", () => {
  const settings: Record<string, Record<string, unknown>> = {
    "without Clerk's key": { CLERK_JWT_KEY: "" },
    "with a malformed key of Clerk": {
      CLERK_JWT_KEY: "-----BEGIN PUBLIC KEY-----\\nMII\\n-----END PUBLIC KEY-----",
    },
    "without CLERK_AUTHORIZED_PARTIES": { CLERK_AUTHORIZED_PARTIES: "" },
    "with CLERK_AUTHORIZED_PARTIES that name none": { CLERK_AUTHORIZED_PARTIES: " , " },
    "with a CLERK_REQUIRE_AZP that is neither true nor false": { CLERK_REQUIRE_AZP: "yes" },
    "without Polar's token": { POLAR_ACCESS_TOKEN: undefined },
    "with a malformed POLAR_BASE_URL": { POLAR_BASE_URL: "polar" },
    "with a METER_GENERATIONS that is neither true nor false": { METER_GENERATIONS: "yes" },
    "with the name of an event that is longer than Polar allows": {
      POLAR_METER_VOICE_CREATION: "x".repeat(129),
    },
    "with a line break in the name of an event": { POLAR_METER_TTS_GENERATION: "tts\ngeneration" },
    "with the name of a property that is longer than Polar allows": {
      POLAR_METER_TTS_PROPERTY: "x".repeat(41),
    },
    "with a property to which Polar gives another meaning": { POLAR_METER_TTS_PROPERTY: "_cost" },
    "with a LINK_SECRET without an id": { LINK_SECRET: "s".repeat(64) },
    "with a LINK_SECRET of 31 characters": { LINK_SECRET: `a:${"s".repeat(31)}` },
    "with a LINK_SECRET whose second key is too short": { LINK_SECRET: `a:${"s".repeat(32)},b:short` },
    "with a LINK_SECRET whose id has 17 characters": { LINK_SECRET: `${"a".repeat(17)}:${"s".repeat(32)}` },
    "with a LINK_SECRET that has an id twice": {
      LINK_SECRET: `a:${"s".repeat(32)},a:${"t".repeat(32)}`,
    },
    "with a SIGN_IN_URL that is a path": { SIGN_IN_URL: "/sign-in" },
    "with a SIGN_IN_URL that is a script": { SIGN_IN_URL: "javascript:alert(1)" },
    "without the D1 binding": { DB: undefined },
    "without the R2 binding": { AUDIO: undefined },
    "without the analysis Worker": { ANALYSIS: undefined },
  };
  const requests: [string, string][] = [
    ["GET", "/api/audio/x"],
    ["GET", "/api/voices/x"],
    ["POST", "/api/voices/create?name=a&category=GENERAL&language=en"],
  ];
  for (const [defect, overrides] of Object.entries(settings)) {
    it.each(requests)(`${defect} answers 500 to %s %s`, async (method, path) => {
      const response = await call(path, { method, as: "org_a", env: overrides });
      expect(response.status).toBe(500);
      await expectJsonError(response, "The service is not configured. The log names the missing setting.");
    });
  }
});

it("the configuration error names every setting that is missing or malformed, and no value", () => {
  const incomplete = {
    DB: env.DB,
    AUDIO: env.AUDIO,
    POLAR_ACCESS_TOKEN: "polar_oat_secret",
    POLAR_BASE_URL: "polar",
    POLAR_WEBHOOK_SECRET: "whsec_secret",
    LINK_SECRET: "key_secret:too_short_secret",
  };
  const check = () => readConfig(incomplete as unknown as Env);
  expect(check).toThrow(/CLERK_JWT_KEY is missing/);
  expect(check).toThrow(/CLERK_AUTHORIZED_PARTIES is missing/);
  expect(check).toThrow(/POLAR_BASE_URL is not a URL/);
  expect(check).toThrow(/POLAR_WEBHOOK_SECRET has fewer than 32 characters/);
  expect(check).toThrow(/LINK_SECRET must be ID:SECRET/);
  expect(check).not.toThrow(/_secret/);
});

it("the names of the meters are the contract's when they are unset or empty, and any that Polar allows", () => {
  const metersOf = (settings: Partial<Env>) => readConfig({ ...env, ...settings } as Env).meters;
  const names = ["POLAR_METER_VOICE_CREATION", "POLAR_METER_TTS_GENERATION", "POLAR_METER_TTS_PROPERTY"];
  for (const value of [undefined, ""]) {
    expect(metersOf(Object.fromEntries(names.map((name) => [name, value])))).toEqual({
      voiceCreation: "voice_creation",
      generation: { kind: "on", eventName: "tts_generation", property: "characters" },
    });
  }
  const own = {
    POLAR_METER_VOICE_CREATION: "x".repeat(128),
    POLAR_METER_TTS_GENERATION: "Sprache 🎙️",
    POLAR_METER_TTS_PROPERTY: "p".repeat(40),
  };
  expect(metersOf(own)).toEqual({
    voiceCreation: own.POLAR_METER_VOICE_CREATION,
    generation: { kind: "on", eventName: "Sprache 🎙️", property: own.POLAR_METER_TTS_PROPERTY },
  });
});

describe("a deployment with CLERK_SECRET_KEY instead of CLERK_JWT_KEY", () => {
  const withSecretKey = (secretKey: string) => ({ CLERK_JWT_KEY: "", CLERK_SECRET_KEY: secretKey });

  it("verifies tokens with Clerk's key set", async () => {
    const id = await givenVoice(null);
    const response = await call(`/api/voices/${id}`, { as: "org_a", env: withSecretKey("sk_test_local") });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  });

  it("answers 500 with Retry-After, not 401, when the key set cannot be fetched", async () => {
    // Clerk's client waits between its retries.
    skipTimers();
    const response = await call("/api/voices/x", { as: "org_a", env: withSecretKey("sk_test_wrong") });
    expect(response.status).toBe(500);
    expect(response.headers.get("Retry-After")).toBe("5");
    await expectJsonError(response, "Your session could not be checked right now. Please try again.");
  });
});

async function expectJsonError(response: Response, error: string): Promise<void> {
  expect(response.headers.get("Content-Type")).toBe("application/json");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
  expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
  expect(await response.json()).toEqual({ error });
}
