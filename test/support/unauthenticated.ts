// The refusals that every protected route must make, by every door a token can come through.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { call, countingBucket, countingDatabase } from "./call.ts";
import { invalidTokens } from "./tokens.ts";

const doors: Record<string, (token: string) => HeadersInit> = {
  "the __session cookie": (token) => ({ Cookie: `theme=dark; __session=${token}` }),
  "Authorization: Bearer": (token) => ({ Authorization: `Bearer ${token}` }),
};

/** Shows that `path` answers 401, in the same words, to whoever has no valid session, and touches no data. */
export function itRejectsUnauthenticated(path: string, init: RequestInit = {}): void {
  describe("refuses a stranger", () => {
    it("without a token", () => expectRefusal(path, init));
    for (const [door, headers] of Object.entries(doors)) {
      for (const [flaw, forge] of Object.entries(invalidTokens)) {
        it(`whose token in ${door} ${flaw}`, async () => {
          await expectRefusal(path, { ...init, headers: headers(await forge()) });
        });
      }
    }
  });
}

async function expectRefusal(path: string, init: RequestInit): Promise<void> {
  const database = countingDatabase(env.DB);
  const bucket = countingBucket(env.AUDIO);
  const response = await call(path, { ...init, env: { DB: database.binding, AUDIO: bucket.binding } });
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ error: "Unauthorized" });
  expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect({ database: database.calls, bucket: bucket.calls }).toEqual({ database: {}, bucket: {} });
}
