// GET /api/voices/{voiceId}: its success response and its errors.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { failing } from "../support/bindings.ts";
import { call } from "../support/call.ts";
import { AUDIO_TEXT, givenVoice } from "../support/fixtures.ts";
import { itRejectsUnauthenticated } from "../support/unauthenticated.ts";

describe("GET /api/voices/{voiceId}", () => {
  itRejectsUnauthenticated("/api/voices/any");

  it("streams a system voice to any organisation, cacheable by shared caches for a day", async () => {
    const id = await givenVoice(null);
    const response = await call(`/api/voices/${id}`, { as: "org_b" });
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("audio/mpeg");
    expect(response.headers.get("Cache-Control")).toBe("public, max-age=86400");
    expect(await response.text()).toBe(AUDIO_TEXT);
  });

  it("streams a custom voice to its organisation, cached privately for an hour", async () => {
    const id = await givenVoice("org_a");
    const response = await call(`/api/voices/${id}`, { as: "org_a" });
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("private, max-age=3600");
    expect(response.headers.get("Content-Length")).toBe(String(AUDIO_TEXT.length));
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(response.headers.get("Content-Disposition")).toBeNull();
    expect(await response.text()).toBe(AUDIO_TEXT);
  });

  it.each([
    ["the probed type rather than the type of the object", "audio/ogg", "audio/mpeg", "audio/ogg"],
    [
      "the canonical form of an audio type that the object has",
      null,
      "audio/x-m4a; codecs=mp4a",
      "audio/mp4",
    ],
    ["audio/wav when the object is stored as an HTML page", null, "text/html", "audio/wav"],
    ["audio/wav when the object is stored as SVG", null, "image/svg+xml", "audio/wav"],
  ])("serves %s", async (_fact, contentType, storedContentType, served) => {
    const id = await givenVoice("org_a", "ready", { contentType, storedContentType });
    const response = await call(`/api/voices/${id}`, { as: "org_a" });
    expect(response.headers.get("Content-Type")).toBe(served);
    await response.arrayBuffer();
  });

  it("is 409 while the voice is processing", async () => {
    const id = await givenVoice("org_a", "processing");
    const response = await call(`/api/voices/${id}`, { as: "org_a" });
    expect(response.status).toBe(409);
    expect(await response.json()).toEqual({ error: "Voice audio is not available yet" });
  });

  it("is 502 when the object is missing in R2", async () => {
    const id = await givenVoice(null, "object missing");
    const response = await call(`/api/voices/${id}`, { as: "org_a" });
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ error: "Failed to fetch voice audio" });
  });

  it("is 502 when R2 fails", async () => {
    const id = await givenVoice("org_a");
    const response = await call(`/api/voices/${id}`, {
      as: "org_a",
      env: { AUDIO: failing(env.AUDIO, "get") },
    });
    expect(response.status).toBe(502);
  });
});
