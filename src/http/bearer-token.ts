// Parses bearer credentials (RFC 6750 §2.1).

/** The token of an Authorization header with the scheme Bearer, or undefined. */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
