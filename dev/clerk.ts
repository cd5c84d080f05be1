// Clerk's part: session tokens with the claims that Clerk writes, signed RS256 by a local key.
import { type CryptoKey, SignJWT } from "jose";
import { LOCAL_ISSUER, LOCAL_ORIGIN } from "./identities.ts";

export interface SessionSubject {
  userId: string;
  orgId: string;
  /** How long the token lasts; Clerk's own last 60 seconds. */
  expiresInSeconds: number;
  /** Clerk writes version 2; version 1 carries the organisation as `org_id`. */
  version: 1 | 2;
}

/** A signed session token, as the cookie `__session` holds it. */
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
