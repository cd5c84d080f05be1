// Finds the session tokens in a Cookie header. Verifies none of them.

const SESSION_COOKIE = /(?:^|;)[ \t]*(__session(?:_[\w-]+)?)=([^;]*)/g;

/** Each token costs a verification. */
const MAX_TOKENS = 4;
const MAX_TOKEN_CHARACTERS = 8 * 1024;

/**
 * Whether `token` looks like a token that Clerk signed: at most 8 KiB of unpadded base64url in three parts (RFC 7515
 * §7.1). Clerk's decoder accepts any number of `=`, which would make one token many.
 */
export const isCompactJwt = (token: string): boolean =>
  token.length <= MAX_TOKEN_CHARACTERS && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);

/**
 * The different tokens of the cookies `names`, in the order of `names` and of the header, at most four. A browser sends
 * several cookies of one name when they were set for several paths or for a parent domain (RFC 6265 §5.4).
 */
export function sessionTokens(cookieHeader: string, names: string[]): string[] {
  const cookies = [...cookieHeader.matchAll(SESSION_COOKIE)];
  const values = names.flatMap((name) =>
    cookies.flatMap(([, cookieName, value = ""]) => (cookieName === name ? value.trim() : [])),
  );
  // The two names usually hold the same token: it is examined once.
  return [...new Set(values)].filter(isCompactJwt).slice(0, MAX_TOKENS);
}
