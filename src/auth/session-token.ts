// Which verified tokens are sessions, and who may present them: pure, and verifies no signature. A signature shows only
// that this Clerk instance issued a token, not that it is a session token: every shape is checked.
import * as z from "zod/mini";
import { type Identity, identityOf } from "./session-claims.ts";

/** How a token was sent. */
export type Credential = "bearer" | "cookie";

export interface Session {
  /** Null for a pending session and for one without an active organisation. */
  identity: Identity | null;
  /** Unix time in seconds. */
  issuedAt: number;
  /** Unix time in seconds. */
  expiresAt: number;
}

/**
 * Clerk's categories, in the header `cat`: the one of session tokens, and the one that some instances put on tokens of
 * every kind. JWT templates (`…222AAA`) and machine tokens (`…333AAA`) are signed with the same key. Tokens from before
 * the categories have none (`tokens/jwtCategories.ts` of @clerk/backend 3.25).
 */
const headerSchema = z.object({ cat: z.optional(z.enum(["cl_B7d4PD111AAA", "cl_I7d4PD111III"])) });

const claimsSchema = z.object({
  // Machines are `mch_…` (`tokens/machine.ts` of @clerk/backend 3.25).
  sub: z.string().check(z.regex(/^(?!mch_)./)),
  // The tokens of JWT templates, machines and handshakes have none.
  sid: z.string().check(z.minLength(1)),
  iat: z.number(),
  exp: z.number(),
  azp: z.optional(z.string()),
  // An unknown version may name the organisation elsewhere.
  v: z.optional(z.literal(2)),
  o: z.optional(z.unknown()),
  org_id: z.optional(z.unknown()),
  sts: z.optional(z.unknown()),
});

/** The session in a verified token; null when it is no session token, or was issued to a party that is not allowed. */
export function readSession(
  token: { header: unknown; payload: unknown },
  credential: Credential,
  allowed: { authorizedParties: string[]; requireAzp: boolean },
): Session | null {
  if (!headerSchema.safeParse(token.header).success) return null;
  const { data: claims } = claimsSchema.safeParse(token.payload);
  if (!claims) return null;
  // Clerk omits `azp` from a cookie that it mints on a top-level navigation, whose request has no Origin.
  const isAllowed =
    claims.azp === undefined
      ? credential === "cookie" && !allowed.requireAzp
      : allowed.authorizedParties.includes(claims.azp);
  if (!isAllowed) return null;
  return { identity: identityOf(claims), issuedAt: claims.iat, expiresAt: claims.exp };
}
