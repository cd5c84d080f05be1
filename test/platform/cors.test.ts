import { describe, expect, it } from "vitest";
import { call } from "../support/call.ts";
import { fixture, givenCustomer, givenGeneration, storedCounts } from "../support/fixtures.ts";
import { sessionToken } from "../support/tokens.ts";

const OURS = "https://studio.example.com";
const FOREIGN = "https://evil.example";
const withOrigins = { env: { APP_ORIGINS: `https://other.example.com, ${OURS}` } };
const CREATE = "/api/voices/create?name=a&category=GENERAL&language=en";

const corsHeaders = (response: Response) =>
  [...response.headers.keys()].filter((name) => name.startsWith("access-control-"));

describe("CORS", () => {
  it("lets a page of ours read an audio with credentials, and its range headers", async () => {
    const id = await givenGeneration("org_a");
    const response = await call(`/api/audio/${id}`, {
      as: "org_a",
      headers: { Origin: OURS },
      ...withOrigins,
    });
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(OURS);
    expect(response.headers.get("Access-Control-Allow-Credentials")).toBe("true");
    expect(response.headers.get("Access-Control-Expose-Headers")).toContain("Content-Range");
    expect(response.headers.get("Vary")).toBe("Origin");
    await response.arrayBuffer();
  });

  it("lets a page of ours read an error", async () => {
    const response = await call("/api/audio/none", {
      as: "org_a",
      headers: { Origin: OURS },
      ...withOrigins,
    });
    expect(response.status).toBe(404);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(OURS);
  });

  it("answers the preflight of a page of ours without a session", async () => {
    const headers = {
      Origin: OURS,
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "content-type",
    };
    const response = await call(CREATE, { method: "OPTIONS", headers, ...withOrigins });
    expect(response.status).toBe(204);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(OURS);
    expect(response.headers.get("Access-Control-Allow-Methods")).toContain("POST");
    expect(response.headers.get("Access-Control-Allow-Headers")).toBe("content-type");
  });

  it.each([FOREIGN, "null", `${OURS}.evil.example`])("tells a page of %s nothing", async (origin) => {
    for (const method of ["GET", "OPTIONS"]) {
      const response = await call("/api/audio/none", {
        method,
        as: "org_a",
        headers: { Origin: origin },
        ...withOrigins,
      });
      expect(corsHeaders(response)).toEqual([]);
      expect(response.headers.get("Vary")).toBe("Origin");
    }
  });

  it("does not exist when no origin is set", async () => {
    const response = await call("/api/audio/none", { as: "org_a", headers: { Origin: OURS } });
    expect(corsHeaders(response)).toEqual([]);
    expect(response.headers.get("Vary")).toBeNull();
  });
});

describe("a cookie-authenticated upload", () => {
  const post = async (orgId: string, headers: Record<string, string>) => {
    const cookie = { Cookie: `__session=${await sessionToken({ orgId })}`, "Content-Type": "audio/mpeg" };
    const body = await fixture("speech.mp3");
    return call(CREATE, { method: "POST", headers: { ...cookie, ...headers }, body, ...withOrigins });
  };

  it.each([FOREIGN, "null", "http://app.example.com"])("from a page of %s is refused", async (origin) => {
    const orgId = await givenCustomer({ active: true });
    const response = await post(orgId, { Origin: origin });
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ error: "Requests from this origin are not allowed" });
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 0, events: 0 });
  });

  it("is refused also beside another scheme's credentials", async () => {
    const orgId = await givenCustomer({ active: true });
    expect((await post(orgId, { Origin: FOREIGN, Authorization: "Basic eDp5" })).status).toBe(403);
  });

  it.each([
    ["the app's own host", { Origin: "https://app.example.com" }],
    ["an origin of ours", { Origin: OURS }],
    ["no page", {}],
  ])("from %s is taken", async (_fact, headers: Record<string, string>) => {
    expect((await post(await givenCustomer({ active: true }), headers)).status).toBe(201);
  });

  it("with a Bearer token is taken from anywhere: no page can send one unasked", async () => {
    const orgId = await givenCustomer({ active: true });
    const response = await call(CREATE, {
      method: "POST",
      as: orgId,
      headers: { Origin: FOREIGN, "Content-Type": "audio/mpeg" },
      body: await fixture("speech.mp3"),
    });
    expect(response.status).toBe(201);
  });
});
