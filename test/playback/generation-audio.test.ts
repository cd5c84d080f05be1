// GET /api/audio/{generationId}: its success response and its errors.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { failing, failingQueries } from "../support/bindings.ts";
import { call } from "../support/call.ts";
import { AUDIO_TEXT, givenGeneration } from "../support/fixtures.ts";
import { itRejectsUnauthenticated } from "../support/unauthenticated.ts";

describe("GET /api/audio/{generationId}", () => {
  itRejectsUnauthenticated("/api/audio/any");

  it("streams a generation to its organisation as audio/wav, cached privately for an hour", async () => {
    const id = await givenGeneration("org_a");
    const response = await call(`/api/audio/${id}`, { as: "org_a" });
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("audio/wav");
    expect(response.headers.get("Cache-Control")).toBe("private, max-age=3600");
    expect(response.headers.get("Content-Length")).toBe(String(AUDIO_TEXT.length));
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect(response.headers.get("Content-Disposition")).toBeNull();
    expect(await response.text()).toBe(AUDIO_TEXT);
  });

  it("serves audio/wav whatever Content-Type the object has", async () => {
    const id = await givenGeneration("org_a", "ready", { storedContentType: "text/html" });
    const response = await call(`/api/audio/${id}`, { as: "org_a" });
    expect(response.headers.get("Content-Type")).toBe("audio/wav");
    await response.arrayBuffer();
  });

  it("is 409 while the generation is processing", async () => {
    const id = await givenGeneration("org_a", "processing");
    const response = await call(`/api/audio/${id}`, { as: "org_a" });
    expect(response.status).toBe(409);
    expect(await response.json()).toEqual({ error: "Audio is not available yet" });
    expect(response.headers.get("Cache-Control")).toBe("no-store");
  });

  it("is 502 when the object is missing in R2", async () => {
    const id = await givenGeneration("org_a", "object missing");
    const response = await call(`/api/audio/${id}`, { as: "org_a" });
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ error: "Failed to fetch audio" });
  });

  const otherVersion = { "If-Range": '"another"', Range: "bytes=0-9" };
  it.each([
    ["whole", {}, failing(env.AUDIO, "get")],
    ["in a range", { headers: { Range: "bytes=0-9" } }, failing(env.AUDIO, "get")],
    [
      "whole after If-Range named another version",
      { headers: otherVersion },
      failing(env.AUDIO, "get", { after: 1 }),
    ],
  ])("is 502 when R2 fails as it is read %s", async (_what, init, bucket) => {
    const id = await givenGeneration("org_a");
    const response = await call(`/api/audio/${id}`, { as: "org_a", ...init, env: { AUDIO: bucket } });
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ error: "Failed to fetch audio" });
  });

  it("is 502 to a HEAD when R2 fails", async () => {
    const id = await givenGeneration("org_a");
    const bucket = failing(env.AUDIO, "head");
    const response = await call(`/api/audio/${id}`, { as: "org_a", method: "HEAD", env: { AUDIO: bucket } });
    expect(response.status).toBe(502);
  });

  it("is 500 with a fixed message when D1 fails", async () => {
    const response = await call("/api/audio/any", {
      as: "org_a",
      env: { DB: failingQueries(env.DB, /select/) },
    });
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: "Something went wrong. Please try again." });
  });
});
