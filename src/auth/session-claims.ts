// Reads the identity from the claims of a session token. Does not verify the token.

/** A signed-in user who acts for an organisation. */
export interface Identity {
  userId: string;
  orgId: string;
}

/** The claims that are read, of both versions of Clerk's session token. */
export interface SessionClaims {
  sub: string;
  /** Absent in version 1. */
  v?: 2 | undefined;
  /** Version 2: the active organisation. */
  o?: unknown;
  /** Version 1: the active organisation. */
  org_id?: unknown;
  /** The session's status; `pending` while the user has tasks to complete, such as choosing an organisation. */
  sts?: unknown;
}

/** The identity in `claims`, or null for a pending session and for one without an active organisation. */
export function identityOf(claims: SessionClaims): Identity | null {
  if (claims.sts === "pending") return null;
  // In a version 2 token `org_id` can only be a custom claim, which does not name the active organisation.
  const orgId = claims.v === 2 ? (claims.o as { id?: unknown } | null | undefined)?.id : claims.org_id;
  if (typeof orgId !== "string" || orgId === "") return null;
  return { userId: claims.sub, orgId };
}
