// Reads who is asking from the claims of a verified session token. Verifies nothing itself.

/** A signed-in user acting for an organisation. Without an active organisation there is no identity. */
export interface Identity {
  userId: string;
  orgId: string;
}

/** The claims used here, of both token versions; the token may carry others. */
export interface SessionClaims {
  sub: string;
  v?: number | undefined;
  /** Version 2: the active organisation. */
  o?: { id?: unknown };
  /** Version 1: the active organisation. */
  org_id?: unknown;
  /** Session status; `pending` while the user still has tasks to do, such as choosing an organisation. */
  sts?: unknown;
}

/** The identity in `claims`, or null for a pending session or one without an active organisation. */
export function identityOf(claims: SessionClaims): Identity | null {
  if (claims.sts === "pending") return null;
  // In a version 2 token `org_id` could only be a custom claim: it says nothing about the organisation.
  const orgId = claims.v === 2 ? claims.o?.id : claims.org_id;
  if (typeof orgId !== "string" || orgId === "") return null;
  return { userId: claims.sub, orgId };
}
