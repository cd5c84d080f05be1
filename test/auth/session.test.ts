// How a session token is sent, and which one counts when there are several.
import { getCookieSuffix } from "@clerk/shared/keys";
import { describe, expect, it } from "vitest";
import { LOCAL_PUBLISHABLE_KEY } from "../../dev/identities.ts";
import { call, statusOf } from "../support/call.ts";
import { givenGeneration, newOrg } from "../support/fixtures.ts";
import { claimsWith, sessionToken, signed, signedByAnotherKey } from "../support/tokens.ts";

const suffixed = `__session_${await getCookieSuffix(LOCAL_PUBLISHABLE_KEY)}`;

/** Whether a request with `headers` is authenticated as a member of `orgId`. */
async function isAuthenticatedAs(orgId: string, headers: HeadersInit): Promise<boolean> {
  const id = await givenGeneration(orgId);
  return (await statusOf(call(`/api/audio/${id}`, { headers }))) === 200;
}

const cookie = (...pairs: [name: string, token: string][]) => ({
  Cookie: pairs.map(([name, token]) => `${name}=${token}`).join("; "),
});

describe("a session token is accepted", () => {
  const transports: Record<string, (token: string) => HeadersInit> = {
    "in the cookie __session": (token) => cookie(["theme", "dark"], ["__session", token]),
    "in the cookie with the suffix of the Clerk instance": (token) => cookie([suffixed, token]),
    "in Authorization: Bearer": (token) => ({ Authorization: `Bearer ${token}` }),
    "in Authorization with the scheme in any letter case": (token) => ({ authorization: `bEARER ${token}` }),
    "in its cookie beside the credentials of another scheme": (token) => ({
      ...cookie(["__session", token]),
      Authorization: "Basic c3RhZ2luZzpwYXNz",
    }),
  };
  for (const [transport, headers] of Object.entries(transports)) {
    it.each([1, 2] as const)(`${transport}, in version %i`, async (version) => {
      const orgId = newOrg();
      expect(await isAuthenticatedAs(orgId, headers(await sessionToken({ orgId, version })))).toBe(true);
    });
  }

  it("when it was issued to any of the authorised parties", async () => {
    const token = await signed(claimsWith({ azp: "https://app.example.com" }));
    expect(await isAuthenticatedAs("org_a", { Authorization: `Bearer ${token}` })).toBe(true);
  });

  it("two seconds after its exp, because clocks differ by up to 5 seconds", async () => {
    const token = await signed(claimsWith({ exp: Math.floor(Date.now() / 1000) - 2 }));
    expect(await isAuthenticatedAs("org_a", { Authorization: `Bearer ${token}` })).toBe(true);
  });
});

describe("of two session cookies", () => {
  it("the one that this Clerk instance signed is used, whichever it is", async () => {
    const orgId = newOrg();
    const own = await sessionToken({ orgId });
    const foreign = await signedByAnotherKey();
    expect(await isAuthenticatedAs(orgId, cookie(["__session", foreign], [suffixed, own]))).toBe(true);
    expect(await isAuthenticatedAs(orgId, cookie(["__session", own], [suffixed, foreign]))).toBe(true);
  });

  it("the newer is used when both are valid, so that a change of organisation takes effect", async () => {
    const before = newOrg();
    const after = newOrg();
    const iat = Math.floor(Date.now() / 1000);
    const older = await signed(claimsWith({ o: { id: before }, iat: iat - 20 }));
    const newer = await signed(claimsWith({ o: { id: after }, iat }));
    for (const cookies of [
      cookie(["__session", older], [suffixed, newer]),
      cookie(["__session", newer], [suffixed, older]),
    ]) {
      expect(await isAuthenticatedAs(after, cookies)).toBe(true);
      expect(await isAuthenticatedAs(before, cookies)).toBe(false);
    }
  });

  it("neither is accepted when both have an invalid signature", async () => {
    const forged = await signedByAnotherKey();
    expect(await isAuthenticatedAs("org_a", cookie(["__session", forged], [suffixed, `${forged}x`]))).toBe(
      false,
    );
  });

  it("a malformed one does not prevent the valid one from being used", async () => {
    const orgId = newOrg();
    const own = await sessionToken({ orgId });
    for (const malformed of ["bnVsbA.bnVsbA.AA", "x", "..", "%00"]) {
      expect(await isAuthenticatedAs(orgId, cookie(["__session", malformed], [suffixed, own]))).toBe(true);
      expect(await isAuthenticatedAs(orgId, cookie(["__session", own], [suffixed, malformed]))).toBe(true);
    }
  });

  it("one with the suffix of another Clerk instance is ignored", async () => {
    const orgId = newOrg();
    expect(
      await isAuthenticatedAs(orgId, cookie(["__session_abcdefgh", await sessionToken({ orgId })])),
    ).toBe(false);
  });
});

it("an Authorization header with an invalid signature is rejected although the cookie is valid", async () => {
  const orgId = newOrg();
  const forged = await signedByAnotherKey();
  const headers = {
    ...cookie(["__session", await sessionToken({ orgId })]),
    Authorization: `Bearer ${forged}`,
  };
  expect(await isAuthenticatedAs(orgId, headers)).toBe(false);
});
