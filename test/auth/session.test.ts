import { getCookieSuffix } from "@clerk/shared/keys";
import { describe, expect, it } from "vitest";
import { LOCAL_PUBLISHABLE_KEY } from "../../dev/identities.ts";
import { call } from "../support/call.ts";
import { givenGeneration, newOrg } from "../support/fixtures.ts";
import { claimsWith, sessionToken, signed, signedByAnotherKey } from "../support/tokens.ts";

const suffixed = `__session_${await getCookieSuffix(LOCAL_PUBLISHABLE_KEY)}`;

/** Whether a request with `headers` is let in as a member of `orgId`. */
async function entersAs(orgId: string, headers: HeadersInit): Promise<boolean> {
  const id = await givenGeneration(orgId);
  const response = await call(`/api/audio/${id}`, { headers });
  await response.arrayBuffer();
  return response.status === 200;
}

const cookie = (...pairs: [name: string, token: string][]) => ({
  Cookie: pairs.map(([name, token]) => `${name}=${token}`).join("; "),
});

describe("a session token lets in", () => {
  const doors: Record<string, (token: string) => HeadersInit> = {
    "by the cookie __session": (token) => cookie(["theme", "dark"], ["__session", token]),
    "by the cookie with the instance's suffix": (token) => cookie([suffixed, token]),
    "by Authorization: Bearer": (token) => ({ Authorization: `Bearer ${token}` }),
    "by Authorization in any letter case": (token) => ({ authorization: `bEARER ${token}` }),
    "by its cookie beside another scheme's credentials": (token) => ({
      ...cookie(["__session", token]),
      Authorization: "Basic c3RhZ2luZzpwYXNz",
    }),
  };
  for (const [door, headers] of Object.entries(doors)) {
    it.each([1, 2] as const)(`${door}, version %i`, async (version) => {
      const orgId = newOrg();
      expect(await entersAs(orgId, headers(await sessionToken({ orgId, version })))).toBe(true);
    });
  }

  it("issued to any of the authorised parties", async () => {
    const token = await signed(claimsWith({ azp: "https://app.example.com" }));
    expect(await entersAs("org_a", { Authorization: `Bearer ${token}` })).toBe(true);
  });

  it("up to 5 seconds after its end, as clocks differ", async () => {
    const token = await signed(claimsWith({ exp: Math.floor(Date.now() / 1000) - 2 }));
    expect(await entersAs("org_a", { Authorization: `Bearer ${token}` })).toBe(true);
  });
});

describe("of two session cookies", () => {
  it("the one that this Clerk instance signed counts, whichever it is", async () => {
    const orgId = newOrg();
    const own = await sessionToken({ orgId });
    const foreign = await signedByAnotherKey();
    expect(await entersAs(orgId, cookie(["__session", foreign], [suffixed, own]))).toBe(true);
    expect(await entersAs(orgId, cookie(["__session", own], [suffixed, foreign]))).toBe(true);
  });

  it("the newer counts when both are valid, so that a switch of organisation holds", async () => {
    const before = newOrg();
    const after = newOrg();
    const iat = Math.floor(Date.now() / 1000);
    const older = await signed(claimsWith({ o: { id: before }, iat: iat - 20 }));
    const newer = await signed(claimsWith({ o: { id: after }, iat }));
    for (const cookies of [
      cookie(["__session", older], [suffixed, newer]),
      cookie(["__session", newer], [suffixed, older]),
    ]) {
      expect(await entersAs(after, cookies)).toBe(true);
      expect(await entersAs(before, cookies)).toBe(false);
    }
  });

  it("neither counts when both are forged", async () => {
    const forged = await signedByAnotherKey();
    expect(await entersAs("org_a", cookie(["__session", forged], [suffixed, `${forged}x`]))).toBe(false);
  });

  it("a broken one does not stand in the way of a good one", async () => {
    const orgId = newOrg();
    const own = await sessionToken({ orgId });
    for (const broken of ["bnVsbA.bnVsbA.AA", "x", "..", "%00"]) {
      expect(await entersAs(orgId, cookie(["__session", broken], [suffixed, own]))).toBe(true);
      expect(await entersAs(orgId, cookie(["__session", own], [suffixed, broken]))).toBe(true);
    }
  });

  it("a suffix of another instance is not looked at", async () => {
    const orgId = newOrg();
    expect(await entersAs(orgId, cookie(["__session_abcdefgh", await sessionToken({ orgId })]))).toBe(false);
  });
});

it("a forged Authorization header is not made good by a valid cookie", async () => {
  const orgId = newOrg();
  const forged = await signedByAnotherKey();
  const headers = {
    ...cookie(["__session", await sessionToken({ orgId })]),
    Authorization: `Bearer ${forged}`,
  };
  expect(await entersAs(orgId, headers)).toBe(false);
});
