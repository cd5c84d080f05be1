// Signs webhooks as Polar does (standardwebhooks.com; server/polar/webhook/tasks.py in github.com/polarsource/polar).

interface Signing {
  secret: string;
  /** Unix time in seconds; now when absent. */
  sentAt?: number;
}

/** The headers and the body of a signed webhook with `payload`. */
export async function signedWebhook(
  payload: unknown,
  { secret, sentAt = Math.floor(Date.now() / 1000) }: Signing,
): Promise<{ headers: Record<string, string>; body: string }> {
  const id: string = crypto.randomUUID();
  const body = JSON.stringify(payload);
  return {
    body,
    headers: {
      "User-Agent": "polar.sh webhooks",
      "Content-Type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": `${sentAt}`,
      "webhook-signature": `v1,${await sign(secret, `${id}.${sentAt}.${body}`)}`,
    },
  };
}

async function sign(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, encoder.encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}
