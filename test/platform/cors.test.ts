// Other origins: CORS for those of APP_ORIGINS, and protection of cookie-authenticated requests against CSRF.
import { describe, expect, it } from "vitest";
import { call } from "../support/call.ts";
import {
  fixture,
  givenCustomer,
  givenGeneration,
  NOTHING_STORED,
  storedCounts,
} from "../support/fixtures.ts";
import { sessionToken } from "../support/tokens.ts";

const ALLOWED = "https://studio.example.com";
const DISALLOWED = "https://evil.example";
const withOrigins = { env: { APP_ORIGINS: `https://other.example.com, ${ALLOWED}` } };
const CREATE = "/api/voices/create?name=a&category=GENERAL&language=en";

const corsHeaders = (response: Response) =>
  [...response.headers.keys()].filter((name) => name.startsWith("access-control-"));

describe("CORS", () => {
  it("allows an origin of APP_ORIGINS to read audio with credentials, and exposes Content-Range", async () => {
    const id = await givenGeneration("org_a");
    const response = await call(`/api/audio/${id}`, {
      as: "org_a",
      headers: { Origin: ALLOWED },
      ...withOrigins,
    });
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(ALLOWED);
    expect(response.headers.get("Access-Control-Allow-Credentials")).toBe("true");
    expect(response.headers.get("Access-Control-Expose-Headers")).toContain("Content-Range");
    expect(response.headers.get("Vary")).toBe("Cookie, Authorization, Origin");
    await response.arrayBuffer();
  });

  it("allows an origin of APP_ORIGINS to read an error", async () => {
    const response = await call("/api/audio/none", {
      as: "org_a",
      headers: { Origin: ALLOWED },
      ...withOrigins,
    });
    expect(response.status).toBe(404);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(ALLOWED);
  });

  it("answers a preflight of an origin of APP_ORIGINS without a session", async () => {
    const headers = {
      Origin: ALLOWED,
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "content-type",
    };
    const response = await call(CREATE, { method: "OPTIONS", headers, ...withOrigins });
    expect(response.status).toBe(204);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(ALLOWED);
    const methods = response.headers.get("Access-Control-Allow-Methods");
    for (const method of ["POST", "PATCH", "DELETE"]) expect(methods).toContain(method);
    expect(response.headers.get("Access-Control-Allow-Headers")).toBe("content-type");
  });

  it.each([DISALLOWED, "null", `${ALLOWED}.evil.example`])(
    "sends no CORS header to the origin %s",
    async (origin) => {
      for (const method of ["GET", "OPTIONS"]) {
        const response = await call("/api/audio/none", {
          method,
          as: "org_a",
          headers: { Origin: origin },
          ...withOrigins,
        });
        expect(corsHeaders(response)).toEqual([]);
        expect(response.headers.get("Vary")?.split(", ").sort()).toEqual([
          "Authorization",
          "Cookie",
          "Origin",
        ]);
      }
    },
  );

  it("is disabled when APP_ORIGINS is unset", async () => {
    const response = await call("/api/audio/none", { as: "org_a", headers: { Origin: ALLOWED } });
    expect(corsHeaders(response)).toEqual([]);
    expect(response.headers.get("Vary")).toBe("Cookie, Authorization");
  });

  it("lets only pages of its own origin embed a response, and those of its site when APP_ORIGINS is set", async () => {
    const id = await givenGeneration("org_a");
    for (const path of [`/api/audio/${id}`, "/api/audio/none", "/api/voices"]) {
      const policyOf = async (options: object) => {
        const response = await call(path, { as: "org_a", ...options });
        await response.arrayBuffer();
        return response.headers.get("Cross-Origin-Resource-Policy");
      };
      expect(await policyOf({})).toBe("same-origin");
      // A media element without `crossorigin` sends no Origin.
      expect(await policyOf(withOrigins)).toBe("same-site");
      expect(await policyOf({ ...withOrigins, headers: { Origin: ALLOWED } })).toBe("same-site");
    }
  });
});

describe("an upload", () => {
  const post = async (orgId: string, headers: Record<string, string>) => {
    const cookie = { Cookie: `__session=${await sessionToken({ orgId })}`, "Content-Type": "audio/mpeg" };
    const body = await fixture("speech.mp3");
    return call(CREATE, { method: "POST", headers: { ...cookie, ...headers }, body, ...withOrigins });
  };

  it.each([DISALLOWED, "null", "http://app.example.com"])(
    "with the session cookie and the origin %s is 403 and stores nothing",
    async (origin) => {
      const orgId = await givenCustomer({ active: true });
      const response = await post(orgId, { Origin: origin });
      expect(response.status).toBe(403);
      expect(await response.json()).toEqual({ error: "Requests from this origin are not allowed" });
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    },
  );

  it("with the session cookie, a disallowed origin and another scheme's credentials is 403", async () => {
    const orgId = await givenCustomer({ active: true });
    expect((await post(orgId, { Origin: DISALLOWED, Authorization: "Basic eDp5" })).status).toBe(403);
  });

  it.each([
    ["the service's own origin", { Origin: "https://app.example.com" }],
    ["an origin of APP_ORIGINS", { Origin: ALLOWED }],
    ["no Origin header", {}],
  ])("with the session cookie and %s is 201", async (_fact, headers: Record<string, string>) => {
    expect((await post(await givenCustomer({ active: true }), headers)).status).toBe(201);
  });

  it("with a Bearer token is 201 from any origin, because no page can send one unasked", async () => {
    const orgId = await givenCustomer({ active: true });
    const response = await call(CREATE, {
      method: "POST",
      as: orgId,
      headers: { Origin: DISALLOWED, "Content-Type": "audio/mpeg" },
      body: await fixture("speech.mp3"),
    });
    expect(response.status).toBe(201);
  });
});
