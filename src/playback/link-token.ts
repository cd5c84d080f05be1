// The token of a playback link: names an organisation and one audio, expires, and is signed. Knows no request.
import { decodeBase64Url, encodeBase64Url } from "hono/utils/encode";
import type { LinkKey } from "../platform/link-key.ts";

/** The audio that a link plays. */
export interface LinkedAudio {
  kind: "generation" | "voice";
  id: string;
}

export interface LinkClaims extends LinkedAudio {
  orgId: string;
  /** Unix time in seconds. */
  expiresAt: number;
}

export type LinkVerdict =
  | { kind: "valid"; orgId: string; expiresAt: number }
  | { kind: "expired" }
  | { kind: "invalid" };

const HMAC = { name: "HMAC", hash: "SHA-256" };
/** Nothing is computed for a longer one. */
const MAX_TOKEN_CHARACTERS = 512;
/**
 * The id of the key, the expiry, the signature and the organisation. The last character of 32 bytes in base64url has two
 * bits that must be 0, so that a token has one form.
 */
const TOKEN = /^([\w-]{1,16})\.(\d{10})\.([\w-]{42}[AEIMQUYcgkosw048])\.(.+)$/s;

export async function signLink(key: LinkKey, claims: LinkClaims): Promise<string> {
  const signature = await crypto.subtle.sign("HMAC", await cryptoKeyOf(key), signedBytes(key.id, claims));
  return [key.id, claims.expiresAt, encodeBase64Url(signature).replace("=", ""), claims.orgId].join(".");
}

/** Whether one of `keys` signed `token` for `audio`, and it has not expired. `now` is in Unix milliseconds. */
export async function verifyLink(
  keys: LinkKey[],
  token: string,
  audio: LinkedAudio,
  now: number,
): Promise<LinkVerdict> {
  const parts = token.length <= MAX_TOKEN_CHARACTERS ? TOKEN.exec(token) : null;
  const [, keyId, expiry, signature = "", orgId = ""] = parts ?? [];
  const key = keys.find(({ id }) => id === keyId);
  if (!key) return { kind: "invalid" };
  const expiresAt = Number(expiry);
  // WebCrypto compares in constant time.
  const isGenuine = await crypto.subtle.verify(
    "HMAC",
    await cryptoKeyOf(key),
    decodeBase64Url(signature),
    signedBytes(key.id, { ...audio, orgId, expiresAt }),
  );
  if (!isGenuine) return { kind: "invalid" };
  return now < expiresAt * 1000 ? { kind: "valid", orgId, expiresAt } : { kind: "expired" };
}

const encoder = new TextEncoder();

/** JSON, so that no two different lists of claims have the same bytes. */
const signedBytes = (keyId: string, { orgId, kind, id, expiresAt }: LinkClaims) =>
  encoder.encode(JSON.stringify(["playback link", keyId, orgId, kind, id, expiresAt]));

/** The configuration, and so each of its keys, is one object as long as the isolate lives. */
const cryptoKeys = new WeakMap<LinkKey, CryptoKey>();

async function cryptoKeyOf(key: LinkKey): Promise<CryptoKey> {
  const known = cryptoKeys.get(key);
  if (known) return known;
  const imported = await crypto.subtle.importKey("raw", encoder.encode(key.secret), HMAC, false, [
    "sign",
    "verify",
  ]);
  cryptoKeys.set(key, imported);
  return imported;
}
