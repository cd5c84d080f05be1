// How a session token is sent, and which one counts when there are several.
import { afterEach, describe, expect, it, vi } from "vitest";
import { call, newIsolate, statusOf } from "../support/call.ts";
import { cookie, suffixedSessionCookie as suffixed } from "../support/cookies.ts";
import { givenGeneration, newOrg } from "../support/fixtures.ts";
import { claimsWith, sessionToken, signed, signedByAnotherKey } from "../support/tokens.ts";

afterEach(() => vi.restoreAllMocks());

/** Whether a request with `headers` is authenticated as a member of `orgId`. */
async function isAuthenticatedAs(orgId: string, headers: HeadersInit): Promise<boolean> {
  const id = await givenGeneration(orgId);
  return (await statusOf(call(`/api/audio/${id}`, { headers }))) === 200;
}

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

describe("of several session cookies of one name", () => {
  const iat = Math.floor(Date.now() / 1000);
  const tokenOf = (orgId: string, ageSeconds: number) =>
    signed(claimsWith({ o: { id: orgId }, iat: iat - ageSeconds }));

  it.each(["__session", suffixed])("%s, the newest counts, in whatever order they are sent", async (name) => {
    const [current, before] = [newOrg(), newOrg()];
    const newest = await tokenOf(current, 0);
    const others = await Promise.all([tokenOf(before, 20), tokenOf(before, 10), signedByAnotherKey()]);
    for (const position of [0, 1, 2, 3]) {
      const tokens = others.toSpliced(position, 0, newest);
      const headers = cookie(...tokens.map((token): [string, string] => [name, token]));
      expect(await isAuthenticatedAs(current, headers)).toBe(true);
      expect(await isAuthenticatedAs(before, headers)).toBe(false);
    }
  });

  it("the newest counts when it has no active organisation: the request is 401", async () => {
    const orgId = newOrg();
    const personal = await signed(claimsWith({ o: undefined, iat }));
    expect(
      await isAuthenticatedAs(
        orgId,
        cookie(["__session", await tokenOf(orgId, 20)], ["__session", personal]),
      ),
    ).toBe(false);
  });

  it("a newer token that is no session does not count", async () => {
    const orgId = newOrg();
    const template = await signed(claimsWith({ sid: undefined, iat }));
    expect(
      await isAuthenticatedAs(
        orgId,
        cookie(["__session", template], ["__session", await tokenOf(orgId, 20)]),
      ),
    ).toBe(true);
  });

  it("four are verified, those of this Clerk instance first, then in the order of the header", async () => {
    const orgId = newOrg();
    const own = await tokenOf(orgId, 0);
    const forged = await Promise.all(Array.from({ length: 5 }, signedByAnotherKey));
    const plain = (token: string): [string, string] => ["__session", token];
    const [first, second, third, fourth, fifth] = forged.map(plain);
    if (!first || !second || !third || !fourth || !fifth) throw new Error("five tokens were signed");
    const verify = vi.spyOn(crypto.subtle, "verify");

    expect(await isAuthenticatedAs(orgId, cookie(first, second, third, plain(own), fourth))).toBe(true);
    expect(await isAuthenticatedAs(orgId, cookie(first, second, third, fourth, [suffixed, own]))).toBe(true);
    expect(verify).toHaveBeenCalledTimes(8);

    expect(await isAuthenticatedAs(orgId, cookie(first, second, third, fourth, plain(own), fifth))).toBe(
      false,
    );
    expect(verify).toHaveBeenCalledTimes(12);
  });

  it("values that are no token do not count towards the four", async () => {
    const orgId = newOrg();
    const own = await tokenOf(orgId, 0);
    const values = ["", "x", "..", "a.b", "%20", '"a.b.c"', `${own}=`, `x${"x".repeat(8192)}.y.z`];
    const headers = cookie(...values.map((value): [string, string] => [suffixed, value]), ["__session", own]);
    expect(await isAuthenticatedAs(orgId, headers)).toBe(true);
  });

  it("equal ones are verified once, and not again within a minute in the same isolate", async () => {
    const orgId = newOrg();
    const path = `/api/audio/${await givenGeneration(orgId)}`;
    const own = await tokenOf(orgId, 0);
    const headers = cookie(["__session", own], [suffixed, own], ["__session", own]);
    const verify = vi.spyOn(crypto.subtle, "verify");
    const isolate = newIsolate();
    for (const _ of [1, 2]) expect(await statusOf(call(path, { headers, isolate }))).toBe(200);
    expect(verify).toHaveBeenCalledTimes(1);
  });

  it("a cookie whose name only begins or ends with __session is ignored", async () => {
    const orgId = newOrg();
    const own = await tokenOf(orgId, 0);
    for (const name of ["x__session", "__sessions", "__session_", "__Session", `${suffixed}x`]) {
      expect(await isAuthenticatedAs(orgId, cookie([name, own]))).toBe(false);
    }
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
