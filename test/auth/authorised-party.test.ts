// Session tokens without `azp`, which Clerk mints on top-level navigations: what they may do, and as what.
import { describe, expect, it } from "vitest";
import { call, newIsolate, statusOf } from "../support/call.ts";
import { suffixedSessionCookie } from "../support/cookies.ts";
import { givenGeneration, givenVoice, newOrg } from "../support/fixtures.ts";
import { claimsWith, sessionToken, signed } from "../support/tokens.ts";

const asCookie = (token: string) => ({ Cookie: `__session=${token}` });
const asBearer = (token: string) => ({ Authorization: `Bearer ${token}` });

async function givenGenerationAndToken() {
  const orgId = newOrg();
  const path = `/api/audio/${await givenGeneration(orgId)}`;
  return { path, token: await sessionToken({ orgId, azp: null }) };
}

describe("a session token without azp", () => {
  it.each([1, 2] as const)("of version %i plays audio from either session cookie", async (version) => {
    const orgId = newOrg();
    const path = `/api/audio/${await givenGeneration(orgId)}`;
    const token = await sessionToken({ orgId, azp: null, version });
    for (const name of ["__session", suffixedSessionCookie]) {
      expect(await statusOf(call(path, { headers: { Cookie: `${name}=${token}` } }))).toBe(200);
    }
  });

  it("is 401 as a bearer token right after the same isolate accepted it as a cookie", async () => {
    const { path, token } = await givenGenerationAndToken();
    const isolate = newIsolate();
    expect(await statusOf(call(path, { headers: asCookie(token), isolate }))).toBe(200);
    expect(await statusOf(call(path, { headers: asBearer(token), isolate }))).toBe(401);
    expect(await statusOf(call(path, { headers: asCookie(token), isolate }))).toBe(200);
  });

  it.each(["", "false"])("is accepted as a cookie when CLERK_REQUIRE_AZP is %j", async (setting) => {
    const { path, token } = await givenGenerationAndToken();
    const env = { CLERK_REQUIRE_AZP: setting };
    expect(await statusOf(call(path, { headers: asCookie(token), env }))).toBe(200);
  });

  it("decides when it is newer than a token with azp in another cookie", async () => {
    const orgId = newOrg();
    const path = `/api/audio/${await givenGeneration(orgId)}`;
    const iat = Math.floor(Date.now() / 1000) - 20;
    const older = await signed(claimsWith({ o: { id: newOrg() }, iat }));
    const newer = await sessionToken({ orgId, azp: null });
    const headers = { Cookie: `__session=${newer}; ${suffixedSessionCookie}=${older}` };
    expect(await statusOf(call(path, { headers }))).toBe(200);
  });
});

describe("a DELETE with a session cookie without azp", () => {
  const deleteWith = async (headers: Record<string, string>) => {
    const orgId = newOrg();
    const id = await givenVoice(orgId);
    const token = await sessionToken({ orgId, azp: null });
    return statusOf(
      call(`/api/voices/${id}`, { method: "DELETE", headers: { ...asCookie(token), ...headers } }),
    );
  };

  it.each(["https://evil.example", "https://other.example.com", "null"])(
    "from a page of %s is 403, because the origin check does not depend on azp",
    async (origin) => {
      expect(await deleteWith({ Origin: origin })).toBe(403);
    },
  );

  it("from a page of the Worker's own origin is 204", async () => {
    expect(await deleteWith({ Origin: "https://app.example.com" })).toBe(204);
  });

  it("without an Origin, which no page of a browser sends, is 204 as with any other cookie", async () => {
    expect(await deleteWith({})).toBe(204);
  });
});
