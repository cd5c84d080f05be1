// Compares the session check with Clerk's own authenticateRequest over every kind of token that a Clerk instance signs,
// and names each place where this service deliberately decides otherwise.
import { env } from "cloudflare:workers";
import { createClerkClient } from "@clerk/backend";
import { describe, expect, it } from "vitest";
import { LOCAL_PUBLISHABLE_KEY } from "../../dev/identities.ts";
import type { Credential } from "../../src/auth/session-token.ts";
import { readConfig } from "../../src/platform/env.ts";
import { call, statusOf } from "../support/call.ts";
import { givenGeneration } from "../support/fixtures.ts";
import { claimsWith, invalidTokens, sessionToken, signed, tokenWithoutAzp } from "../support/tokens.ts";

const clerk = createClerkClient({
  secretKey: "sk_live_local",
  publishableKey: LOCAL_PUBLISHABLE_KEY.replace("pk_test_", "pk_live_"),
  jwtKey: env.TEST_CLERK_PUBLIC_KEY,
});

const headersOf: Record<Credential, (token: string) => Record<string, string>> = {
  // Clerk takes a session cookie to be stale unless the browser also has the time of the last sign-in.
  cookie: (token) => ({ Cookie: `__session=${token}; __client_uat=1` }),
  bearer: (token) => ({ Authorization: `Bearer ${token}` }),
};

/** Whether Clerk's SDK accepts the token as a session with an active organisation. */
async function isAcceptedByClerk(
  token: string,
  credential: Credential,
  authorizedParties = readConfig(env).clerk.authorizedParties,
): Promise<boolean> {
  const request = new Request("https://app.example.com/", { headers: headersOf[credential](token) });
  try {
    const state = await clerk.authenticateRequest(request, {
      acceptsToken: "session_token",
      authorizedParties,
    });
    return Boolean(state.toAuth()?.orgId);
  } catch (error) {
    // For a token in a cookie whose header or payload is JSON but no object.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

const generationId = await givenGeneration("org_a");

/** Whether this service plays a generation of `org_a` to the token. */
const isAcceptedHere = async (token: string, credential: Credential): Promise<boolean> =>
  (await statusOf(call(`/api/audio/${generationId}`, { headers: headersOf[credential](token) }))) === 200;

const validTokens: Record<string, () => Promise<string>> = {
  "is version 2": () => sessionToken({ orgId: "org_a" }),
  "is version 1": () => sessionToken({ orgId: "org_a", version: 1 }),
  "has no category": () => signed(claimsWith()),
  "has the category of instances that ignore categories": () =>
    signed(claimsWith(), { cat: "cl_I7d4PD111III" }),
  "was issued to the other authorised party": () => signed(claimsWith({ azp: "https://app.example.com" })),
};

/** What Clerk's SDK accepts and this service deliberately refuses, by defect, with the reason. */
const REFUSED_HERE_ONLY: Record<string, string> = {
  "is of a JWT template on an instance that ignores categories": "Clerk compares the category only",
  "has no session id": "only session tokens have one, whatever their category",
  "has an empty session id": "only session tokens have one, whatever their category",
  "has a session id that is not a string": "only session tokens have one, whatever their category",
  "has an empty subject": "it names no user",
  "has no time of issue": "the newest of several tokens decides",
  "is version 1 by number": "Clerk reads every version but 2 as version 1",
  "is version 3": "Clerk reads every version but 2 as version 1",
  'is version "2"': "Clerk reads every version but 2 as version 1",
  "is version null": "Clerk reads every version but 2 as version 1",
  "has an organisation id that is not a string": "Clerk does not check the type",
  "has padding after its signature": "Clerk's decoder ignores padding: one token would have many forms",
  "is longer than 8 KiB": "Clerk's SDK has no limit",
};

const credentials = ["cookie", "bearer"] as const;

for (const credential of credentials) {
  describe(`as a ${credential}`, () => {
    for (const [kind, create] of Object.entries(validTokens)) {
      it(`a token that ${kind} is accepted by Clerk's SDK and here`, async () => {
        const token = await create();
        expect(await isAcceptedByClerk(token, credential)).toBe(true);
        expect(await isAcceptedHere(token, credential)).toBe(true);
      });
    }
    for (const [defect, create] of Object.entries(invalidTokens)) {
      const reason = REFUSED_HERE_ONLY[defect];
      const who = reason ? `refused here only: ${reason}` : "refused by Clerk's SDK and here";
      it(`a token that ${defect} is ${who}`, async () => {
        const token = await create();
        expect(await isAcceptedByClerk(token, credential)).toBe(reason !== undefined);
        expect(await isAcceptedHere(token, credential)).toBe(false);
      });
    }
  });
}

it("each deliberate difference is about a defect that is tested", () => {
  expect(Object.keys(invalidTokens)).toEqual(expect.arrayContaining(Object.keys(REFUSED_HERE_ONLY)));
});

describe("a token without azp", () => {
  it("is refused by Clerk's SDK as either, because parties are configured, and accepted here as a cookie", async () => {
    const token = await tokenWithoutAzp();
    for (const credential of credentials) {
      expect(await isAcceptedByClerk(token, credential)).toBe(false);
      expect(await isAcceptedHere(token, credential)).toBe(credential === "cookie");
    }
  });

  it("is accepted by Clerk's SDK as either when no parties are configured, as in clones of the app", async () => {
    const token = await tokenWithoutAzp();
    for (const credential of credentials) expect(await isAcceptedByClerk(token, credential, [])).toBe(true);
  });
});
