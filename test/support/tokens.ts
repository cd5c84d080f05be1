// Session tokens: valid ones, and invalid ones by their defect.
import { env } from "cloudflare:workers";
import { base64url, type CryptoKey, generateKeyPair, importPKCS8, SignJWT, UnsecuredJWT } from "jose";
import {
  type SessionSubject,
  signHandshakeToken,
  signMachineToken,
  signOAuthToken,
  signSessionToken,
  signTemplateToken,
  TOKEN_CATEGORIES,
} from "../../dev/clerk.ts";
import { LOCAL_ORIGIN } from "../../dev/identities.ts";

const clerkKey = importPKCS8(env.TEST_CLERK_PRIVATE_KEY, "RS256");

/** A token as Clerk signs it for a member of `orgId`: by default one of its own, since users are rate-limited too. */
export async function sessionToken(subject: Partial<SessionSubject> & { orgId: string }): Promise<string> {
  const defaults = { userId: `user_of_${subject.orgId}`, expiresInSeconds: 60, version: 2 } as const;
  return signSessionToken(await clerkKey, { ...defaults, ...subject });
}

/** How long a token is used for further requests: signing one takes longer than most requests. */
const REUSE_MS = 20_000;
const reusable = new Map<string, { token: Promise<string>; signedAt: number }>();

/** A valid token of a member of `orgId`, which may be the one of an earlier request. */
export function reusableSessionToken(orgId: string): Promise<string> {
  const now = Date.now();
  const known = reusable.get(orgId);
  // A test can set the clock back as well as forward.
  if (known && now >= known.signedAt && now - known.signedAt < REUSE_MS) return known.token;
  const token = sessionToken({ orgId });
  reusable.set(orgId, { token, signedAt: now });
  return token;
}

const nowSeconds = () => Math.floor(Date.now() / 1000);

/** The claims of a valid version 2 token of `org_a` with `changes`; undefined removes a claim. */
export function claimsWith(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const now = nowSeconds();
  const times = { iat: now, nbf: now - 10, exp: now + 60 };
  const subject = {
    sub: "user_test",
    sid: "sess_test",
    v: 2,
    o: { id: "org_a", rol: "admin" },
    sts: "active",
  };
  return { iss: "https://local.clerk.accounts.dev", azp: LOCAL_ORIGIN, ...times, ...subject, ...changes };
}

export async function signed(
  claims: Record<string, unknown>,
  { alg = "RS256", key, cat }: { alg?: string; key?: CryptoKey | Uint8Array; cat?: unknown } = {},
): Promise<string> {
  const header = { alg, kid: "ins_local", typ: "JWT", ...(cat !== undefined && { cat }) };
  return new SignJWT(claims).setProtectedHeader(header).sign(key ?? (await clerkKey));
}

/** A token that is valid except for the key that signed it. */
export async function signedByAnotherKey(): Promise<string> {
  const { privateKey } = await generateKeyPair("RS256");
  return signed(claimsWith(), { key: privateKey });
}

/** A valid session token of `org_a` without `azp`, as Clerk mints it on a top-level navigation. */
export const tokenWithoutAzp = () => sessionToken({ orgId: "org_a", azp: null });

const orgA = { userId: "user_test", orgId: "org_a" };

/** Tokens that must always be rejected, by their defect: the predicate of a sentence about the token. */
export const invalidTokens: Record<string, () => Promise<string>> = {
  "is expired": () => signed(claimsWith({ exp: nowSeconds() - 30 })),
  "is not yet valid": () => signed(claimsWith({ nbf: nowSeconds() + 60 })),
  "is issued in the future": () => signed(claimsWith({ iat: nowSeconds() + 60 })),
  "is signed by another key": signedByAnotherKey,
  "has algorithm none": async () => new UnsecuredJWT(claimsWith()).encode(),
  "has algorithm none and the signature of another token": async () => {
    const [, payload, signature] = (await signed(claimsWith())).split(".");
    return `${base64url.encode('{"alg":"none","typ":"JWT"}')}.${payload}.${signature}`;
  },
  "is signed by HS256 with the public key": () =>
    signed(claimsWith(), { alg: "HS256", key: new TextEncoder().encode(env.TEST_CLERK_PUBLIC_KEY) }),
  "has a tampered payload": async () => {
    const [header, , signature] = (await signed(claimsWith())).split(".");
    const payload = base64url.encode(JSON.stringify(claimsWith({ o: { id: "org_victim" } })));
    return `${header}.${payload}.${signature}`;
  },
  "was issued to another party": () => signed(claimsWith({ azp: "https://evil.example" })),
  "names null as its authorised party": () => signed(claimsWith({ azp: null })),
  "names an empty authorised party": () => signed(claimsWith({ azp: "" })),
  "names its authorised party in a list": () => signed(claimsWith({ azp: [LOCAL_ORIGIN] })),
  "is of a JWT template": async () => signTemplateToken(await clerkKey, orgA),
  "is of a JWT template on an instance that ignores categories": async () =>
    signTemplateToken(await clerkKey, { ...orgA, category: TOKEN_CATEGORIES.ignored }),
  "is of a machine": async () => signMachineToken(await clerkKey),
  "is of a machine on an instance that ignores categories": async () =>
    signMachineToken(await clerkKey, TOKEN_CATEGORIES.ignored),
  "is an OAuth access token": async () => signOAuthToken(await clerkKey, orgA),
  "is an OAuth access token with the long form of its type": async () =>
    signOAuthToken(await clerkKey, { ...orgA, type: "application/at+jwt" }),
  "is a handshake token": async () => signHandshakeToken(await clerkKey, ["__session=x; Path=/"]),
  "is an opaque machine token": async () => "mt_0123456789abcdef",
  "is an opaque OAuth token": async () => "oat_0123456789abcdef",
  "is an API key": async () => "ak_0123456789abcdef",
  "has the category of JWT templates and a session": () =>
    signed(claimsWith(), { cat: TOKEN_CATEGORIES.template }),
  "has an unknown category": () => signed(claimsWith(), { cat: "cl_B7d4PD444AAA" }),
  "has null as its category": () => signed(claimsWith(), { cat: null }),
  "has no session id": () => signed(claimsWith({ sid: undefined })),
  "has an empty session id": () => signed(claimsWith({ sid: "" })),
  "has a session id that is not a string": () => signed(claimsWith({ sid: 7 })),
  "has a machine as its subject": () => signed(claimsWith({ sub: "mch_test" })),
  "has an empty subject": () => signed(claimsWith({ sub: "" })),
  "has no time of issue": () => signed(claimsWith({ iat: undefined })),
  "is version 1 by number": () => signed(claimsWith({ v: 1, org_id: "org_a" })),
  "is version 3": () => signed(claimsWith({ v: 3, org_id: "org_a" })),
  'is version "2"': () => signed(claimsWith({ v: "2", org_id: "org_a" })),
  "is version null": () => signed(claimsWith({ v: null, org_id: "org_a" })),
  "belongs to a pending session": () => signed(claimsWith({ sts: "pending" })),
  "is version 2 without an active organisation": () => signed(claimsWith({ o: undefined })),
  "is version 2 with a custom org_id claim only": () => signed(claimsWith({ o: undefined, org_id: "org_a" })),
  "is version 1 without an active organisation": () => signed(claimsWith({ v: undefined, o: undefined })),
  "has an organisation id that is not a string": () => signed(claimsWith({ o: { id: 7 } })),
  "has null as its organisation": () => signed(claimsWith({ o: null })),
  "has padding after its signature": async () => `${await signed(claimsWith())}==`,
  "has standard base64 in its signature": async () => {
    const [header, payload, signature = ""] = (await signed(claimsWith())).split(".");
    return `${header}.${payload}.${signature.replaceAll("-", "+").replaceAll("_", "/")}`;
  },
  "has a fourth part": async () => `${await signed(claimsWith())}.AA`,
  "is longer than 8 KiB": () => signed(claimsWith({ custom: "x".repeat(8192) })),
  "has null as its header": async () => "bnVsbA.bnVsbA.AA",
  "has null as its payload": async () => (await signed(claimsWith())).replace(/\..*\./, ".bnVsbA."),
  "is not a JWT": async () => "not.a.token",
  "is empty": async () => "",
};
