// What one valid token can make an isolate remember, however it is varied: the session middleware on its own, in Node.

import { Hono } from "hono";
import { exportSPKI, generateKeyPair } from "jose";
import { expect, it } from "vitest";
import { signSessionToken } from "../../dev/clerk.ts";
import { LOCAL_ORIGIN, LOCAL_PUBLISHABLE_KEY } from "../../dev/identities.ts";
import { type SessionEnv, session } from "../../src/auth/session.ts";
import { suffixedSessionCookie } from "../support/cookies.ts";
import { heapGrowth } from "../support/heap.ts";

const MIB = 1024 * 1024;
const { publicKey, privateKey } = await generateKeyPair("RS256");
const env = {
  CLERK_JWT_KEY: await exportSPKI(publicKey),
  CLERK_AUTHORIZED_PARTIES: LOCAL_ORIGIN,
  CLERK_PUBLISHABLE_KEY: LOCAL_PUBLISHABLE_KEY,
  POLAR_ACCESS_TOKEN: "polar",
  POLAR_BASE_URL: "https://polar.test",
  DB: {},
  SEARCH_DB: {},
  AUDIO: {},
  ANALYSIS: {},
  VOICE_CREATION_RATE_LIMIT: {},
};
const token = await signSessionToken(privateKey, {
  userId: "user_a",
  orgId: "org_a",
  expiresInSeconds: 600,
  version: 2,
});
const app = new Hono<SessionEnv>()
  .get("/", session, (c) => c.text(c.var.identity.orgId))
  .onError((_error, c) => c.text("refused", 401));

/** A filler of 16 KB that differs for each `i`. */
const filler = (i: number) => `${i}`.padStart(16_000, "x");
const [header] = token.split(".");

const attacks: Record<string, { headers: (i: number) => Record<string, string>; status: number }> = {
  "padding after the token as a bearer": {
    headers: (i) => ({ Authorization: `Bearer ${token}${"=".repeat(114_000 + i)}` }),
    status: 401,
  },
  "padding after the token in a cookie": {
    headers: (i) => ({ Cookie: `__session=${token}${"=".repeat(16_000 + i)}` }),
    status: 401,
  },
  "16 KB of other cookies beside the token": {
    headers: (i) => ({ Cookie: `other=${filler(i)}; __session=${token}` }),
    status: 200,
  },
  "16 KB of other cookies and another token that does not verify": {
    headers: (i) => ({
      Cookie: `other=${filler(i)}; __session=${token}; ${suffixedSessionCookie}=${header}.e30.${i}`,
    }),
    status: 200,
  },
  "three other tokens of 4 KB that do not verify": {
    headers: (i) => ({
      Cookie: ["a", "b", "c"]
        .map((name) => `__session=${header}.${name}${filler(i).slice(-4000)}.A`)
        .concat(`__session=${token}`)
        .join("; "),
    }),
    status: 200,
  },
};

for (const [variation, { headers, status }] of Object.entries(attacks)) {
  it(`1,500 requests with ${variation} leave less than 8 MiB in the heap`, async () => {
    // A deployment of its own: its caches are empty, and stay alive while the heap is measured.
    const deployment = { ...env };
    const send = (i: number) => app.request("/", { headers: headers(i) }, deployment);
    // What is compiled and allocated once is not counted.
    await send(0);
    const statuses = new Set<number>();
    const growth = await heapGrowth(async () => {
      for (let i = 1; i <= 1500; i++) statuses.add((await send(i)).status);
    });
    expect(growth).toBeLessThan(8 * MIB);
    statuses.add((await send(0)).status);
    expect([...statuses]).toEqual([status]);
  });
}
