// The Clerk fake: every kind of token that a Clerk instance signs with its one key, RS256, with Clerk's claims.
import { type CryptoKey, type JWTPayload, SignJWT } from "jose";
import { LOCAL_ISSUER, LOCAL_ORIGIN } from "./identities.ts";

/** The header `cat`, as `tokens/jwtCategories.ts` of @clerk/backend 3.25 lists it. */
export const TOKEN_CATEGORIES = {
  session: "cl_B7d4PD111AAA",
  /** Instances that ignore categories put it on tokens of every kind. */
  ignored: "cl_I7d4PD111III",
  template: "cl_B7d4PD222AAA",
  machine: "cl_B7d4PD333AAA",
} as const;

export interface SessionSubject {
  userId: string;
  orgId: string;
  /** The token's lifetime; Clerk's is 60 seconds. */
  expiresInSeconds: number;
  /** Clerk's current version is 2; version 1 names the organisation in `org_id`. */
  version: 1 | 2;
  /** Null as in a token that was minted on a top-level navigation, whose request has no Origin. */
  azp?: string | null;
}

/** A signed session token, as stored in the cookie `__session`. */
export function signSessionToken(key: CryptoKey, subject: SessionSubject): Promise<string> {
  const { userId, orgId, expiresInSeconds, version, azp = LOCAL_ORIGIN } = subject;
  const organisation =
    version === 2
      ? { v: 2, o: { id: orgId, rol: "admin", slg: orgId.replaceAll("_", "-") }, sts: "active" }
      : { org_id: orgId, org_role: "org:admin", org_slug: orgId.replaceAll("_", "-"), org_permissions: [] };
  return sign(
    key,
    { expiresInSeconds },
    {
      ...(azp !== null && { azp }),
      fva: [0, -1],
      sid: "sess_local",
      sub: userId,
      ...organisation,
    },
  );
}

const TEN_YEARS_SECONDS = 10 * 365 * 86_400;

/** A token of a JWT template that a developer made for another service. It has no `sid` and outlives the session. */
export const signTemplateToken = (
  key: CryptoKey,
  { userId, orgId, category }: { userId: string; orgId: string; category?: string },
): Promise<string> =>
  sign(
    key,
    { expiresInSeconds: TEN_YEARS_SECONDS, category: category ?? TOKEN_CATEGORIES.template },
    { azp: LOCAL_ORIGIN, aud: "https://other-service.example", sub: userId, org_id: orgId },
  );

/** A machine-to-machine token (claims: `api/resources/M2MToken.ts` of @clerk/backend). */
export const signMachineToken = (key: CryptoKey, category?: string): Promise<string> =>
  sign(
    key,
    { expiresInSeconds: 3600, category: category ?? TOKEN_CATEGORIES.machine },
    { sub: "mch_local", aud: ["mch_other"], scopes: "mch_other" },
  );

/**
 * An OAuth access token (RFC 9068; claims: `fixtures` and `api/resources/IdPOAuthAccessToken.ts` of @clerk/backend). Clerk
 * publishes no category for it: the type tells it apart.
 */
export const signOAuthToken = (
  key: CryptoKey,
  { userId, orgId, type }: { userId: string; orgId: string; type?: "at+jwt" | "application/at+jwt" },
): Promise<string> =>
  sign(
    key,
    { expiresInSeconds: 86_400, type: type ?? "at+jwt" },
    {
      azp: LOCAL_ORIGIN,
      sub: userId,
      sid: "sess_local",
      client_id: "client_local",
      scope: "profile email",
      org_id: orgId,
    },
  );

/** A handshake token, which carries cookies to set. It has the category of a session token, and no subject. */
export const signHandshakeToken = (key: CryptoKey, cookies: string[]): Promise<string> =>
  sign(key, { expiresInSeconds: 60 }, { handshake: cookies });

interface TokenForm {
  expiresInSeconds: number;
  /** The header `typ`. */
  type?: string;
  /** The header `cat`. */
  category?: string;
}

function sign(key: CryptoKey, form: TokenForm, claims: JWTPayload): Promise<string> {
  const { expiresInSeconds, type = "JWT", category = TOKEN_CATEGORIES.session } = form;
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", cat: category, kid: "ins_local", typ: type })
    .setIssuer(LOCAL_ISSUER)
    .setIssuedAt(now)
    .setNotBefore(now - 10)
    .setExpirationTime(now + expiresInSeconds)
    .setJti(crypto.randomUUID())
    .sign(key);
}
