// A browser that opens audio without a valid session is sent to the app's sign-in page, where one is configured.
import { describe, expect, it } from "vitest";
import { type Call, call, newCountingIsolate, statusOf } from "../support/call.ts";
import { givenGeneration, givenVoice, newOrg } from "../support/fixtures.ts";
import { createLink } from "../support/links.ts";
import { claimsWith, sessionToken, signed } from "../support/tokens.ts";

const SIGN_IN_URL = "https://app.example.com/sign-in";
const NAVIGATION = { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" };
const nowSeconds = () => Math.floor(Date.now() / 1000);

describe.each(["/api/audio/", "/api/voices/"])("a document navigation to %s{id}", (path) => {
  const open = (query = "", { headers, ...init }: Call = {}) =>
    call(`${path}x${query}`, {
      headers: { ...NAVIGATION, ...headers },
      env: { SIGN_IN_URL },
      redirect: "manual",
      ...init,
    });

  it.each<[string, () => Promise<Record<string, string>>]>([
    ["without a session", async () => ({})],
    [
      "with an expired session",
      async () => ({ Cookie: `__session=${await signed(claimsWith({ exp: nowSeconds() - 30 }))}` }),
    ],
    [
      "with a session without an organisation",
      async () => ({ Cookie: `__session=${await signed(claimsWith({ o: undefined }))}` }),
    ],
  ])("%s is 302 to the sign-in page, not stored, before D1 or R2 is read", async (_session, headers) => {
    const { isolate, d1, r2 } = newCountingIsolate({ SIGN_IN_URL });
    const response = await open("", { headers: await headers(), isolate });
    expect(response.status).toBe(302);
    const location = new URL(response.headers.get("Location") ?? "");
    expect(location.origin + location.pathname).toBe(SIGN_IN_URL);
    expect(location.searchParams.get("redirect_url")).toMatch(
      new RegExp(`^https://app\\.example\\.com${path}x\\?sign_in_at=\\d+$`),
    );
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(response.headers.get("Vary")).toBe("Cookie, Authorization");
    expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
    expect(response.body).toBeNull();
    expect({ d1, r2 }).toEqual({ d1: {}, r2: {} });
  });

  it("that returns without a valid session is 401 as JSON, not sent again", async () => {
    const response = await open(`?sign_in_at=${nowSeconds()}`);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ error: "Unauthorized" });
  });

  it("with a valid session is answered as ever", async () => {
    const orgId = newOrg();
    const Cookie = `__session=${await sessionToken({ orgId })}`;
    expect(await statusOf(open("", { headers: { Cookie } }))).toBe(404);
  });

  it("is 401 as JSON where SIGN_IN_URL is unset", async () => {
    expect((await open("", { env: {} })).status).toBe(401);
  });

  it("with a link that is not valid or has expired is 401: a session would not help", async () => {
    const response = await open("?link=x");
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ error: "This link is not valid" });
  });
});

it("a navigation with a valid link plays without a redirect", async () => {
  const orgId = newOrg();
  for (const path of [
    `/api/audio/${await givenGeneration(orgId)}`,
    `/api/voices/${await givenVoice(orgId)}`,
  ]) {
    const { url } = await createLink(path, { as: orgId });
    expect(await statusOf(call(url, { headers: NAVIGATION, env: { SIGN_IN_URL } }))).toBe(200);
  }
});

it.each([
  "/api/audio/x/peaks",
  "/api/voices",
  "/api/voices/x/metadata",
  "/api/generations",
  "/api/generations/x",
])("a document navigation to %s, which is JSON, is 401 as JSON", async (path) => {
  const response = await call(path, { headers: NAVIGATION, env: { SIGN_IN_URL } });
  expect(response.status).toBe(401);
});

it("what is no document navigation is 401 as JSON: fetch, a media element, a HEAD", async () => {
  for (const [mode, dest, method] of [
    ["cors", "empty", "GET"],
    ["no-cors", "audio", "GET"],
    ["navigate", "document", "HEAD"],
  ] as const) {
    const headers = { "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest };
    const response = await call("/api/audio/x", { method, headers, env: { SIGN_IN_URL } });
    expect(response.status).toBe(401);
    expect(response.headers.get("Content-Type")).toBe("application/json");
  }
});
