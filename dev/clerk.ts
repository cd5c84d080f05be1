// The Clerk fake: session tokens with the claims that Clerk issues, signed RS256 with a local key.
import { type CryptoKey, SignJWT } from "jose";
import { LOCAL_ISSUER, LOCAL_ORIGIN } from "./identities.ts";

export interface SessionSubject {
  userId: string;
  orgId: string;
  /** The token's lifetime; Clerk's is 60 seconds. */
  expiresInSeconds: number;
  /** Clerk's current version is 2; version 1 names the organisation in `org_id`. */
  version: 1 | 2;
}

/** A signed session token, as stored in the cookie `__session`. */
export function signSessionToken(key: CryptoKey, subject: SessionSubject): Promise<string> {
  const { userId, orgId, expiresInSeconds, version } = subject;
  const organisation =
    version === 2
      ? { v: 2, o: { id: orgId, rol: "admin", slg: orgId.replaceAll("_", "-") }, sts: "active" }
      : { org_id: orgId, org_role: "org:admin", org_slug: orgId.replaceAll("_", "-"), org_permissions: [] };
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ azp: LOCAL_ORIGIN, fva: [0, -1], sid: "sess_local", ...organisation })
    .setProtectedHeader({ alg: "RS256", cat: "cl_B7d4PD111AAA", kid: "ins_local", typ: "JWT" })
    .setIssuer(LOCAL_ISSUER)
    .setSubject(userId)
    .setIssuedAt(now)
    .setNotBefore(now - 10)
    .setExpirationTime(now + expiresInSeconds)
    .setJti(crypto.randomUUID())
    .sign(key);
}
