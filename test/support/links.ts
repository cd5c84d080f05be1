// Playback links, as the app asks for them.
import { type Call, call } from "./call.ts";

/** The link of the audio at `path` for a member of `as`: its URL and when it expires. */
export async function createLink(path: string, more: Call & { as: string }) {
  const response = await call(`${path}/link`, { method: "POST", ...more });
  if (response.status !== 200) throw new Error(`POST ${path}/link was answered by ${response.status}`);
  return (await response.json()) as { url: string; expiresAt: string };
}

/** `url` with another token, made of the old one's parts. */
export function withTokenParts(url: string, change: (parts: TokenParts) => Partial<TokenParts>): string {
  const [path = "", query] = url.split("?");
  const parameters = new URLSearchParams(query);
  const [keyId = "", expiry = "", signature = "", ...org] = (parameters.get("link") ?? "").split(".");
  const parts = { keyId, expiry, signature, orgId: org.join(".") };
  const { keyId: k, expiry: e, signature: s, orgId: o } = { ...parts, ...change(parts) };
  parameters.set("link", [k, e, s, o].join("."));
  return `${path}?${parameters}`;
}

interface TokenParts {
  keyId: string;
  expiry: string;
  signature: string;
  orgId: string;
}
