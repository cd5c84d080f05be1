// Receives the change feed in an app that keeps its voices and generations in Postgres: verifies each event and applies
// it to the tables of the app's Prisma schema. Depends on `standardwebhooks` and on Node 20 or newer, and on no driver.
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { STATEMENTS } from "./statements";

export interface SyncOptions {
  /** The service's EVENTS_SECRET: `whsec_…`. */
  secret: string | undefined;
  /**
   * Runs one statement with one parameter, and commits it. With node-postgres:
   * `(sql, values) => pool.query(sql, values)`; with Prisma:
   * `(sql, values) => prisma.$executeRawUnsafe(sql, ...values)`.
   */
  query: (sql: string, values: [event: string]) => Promise<unknown>;
}

/** A generation's text has at most 100,000 characters, each at most six bytes in JSON. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * A handler of `POST` requests, such as a Next.js route exports. It answers 204 when the event is applied, or is not
 * later than what was applied before; 401 when it is not signed by the service, or older than five minutes. When the
 * database fails it rejects: the framework answers 500, and the service sends the event again.
 */
export const createSyncHandler =
  ({ secret, query }: SyncOptions) =>
  async (request: Request): Promise<Response> => {
    if (!secret) throw new Error("The secret of the change feed is not set");
    const body = await readBody(request);
    if (body === null) return new Response(null, { status: 413 });
    if (!isSigned(request.headers, body, secret)) return new Response(null, { status: 401 });
    const { type } = JSON.parse(body) as { type: string };
    // There are none for a type that a later version of the service sends.
    for (const statement of STATEMENTS.get(type) ?? []) await query(statement, [body]);
    return new Response(null, { status: 204 });
  };

function isSigned(headers: Headers, body: string, secret: string): boolean {
  try {
    new Webhook(secret).verify(body, Object.fromEntries(headers));
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

/** The body, or null when it is too long. */
async function readBody({ body }: Request): Promise<string | null> {
  if (!body) return "";
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > MAX_BODY_BYTES) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}
