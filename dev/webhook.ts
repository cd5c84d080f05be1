// Webhooks as Polar signs them (standardwebhooks.com).

interface Signing {
  secret: string;
  /** When it was sent, in seconds since 1970. */
  sentAt?: number;
}

/** The headers and the body that carry `payload`. */
export async function signedWebhook(
  payload: unknown,
  { secret, sentAt = Math.floor(Date.now() / 1000) }: Signing,
): Promise<{ headers: Record<string, string>; body: string }> {
  const id = `msg_${crypto.randomUUID()}`;
  const body = JSON.stringify(payload);
  return {
    body,
    headers: {
      "Content-Type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": `${sentAt}`,
      "webhook-signature": `v1,${await sign(secret, `${id}.${sentAt}.${body}`)}`,
    },
  };
}

async function sign(secret: string, text: string): Promise<string> {
  const bytes = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, bytes.encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}
