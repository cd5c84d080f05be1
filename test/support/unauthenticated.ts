// The tests that every route behind a session shares: it rejects invalid tokens, however they are sent.
import { describe, expect, it } from "vitest";
import { call, newCountingIsolate } from "./call.ts";
import { invalidTokens } from "./tokens.ts";

const transports: Record<string, (token: string) => HeadersInit> = {
  "in the __session cookie": (token) => ({ Cookie: `theme=dark; __session=${token}` }),
  "in Authorization: Bearer": (token) => ({ Authorization: `Bearer ${token}` }),
};

/** Declares tests that `path` answers 401, with the same body, to every invalid session, and touches no data. */
export function itRejectsUnauthenticated(path: string, init: RequestInit = {}): void {
  describe("authentication:", () => {
    it("a request without a token is 401 and touches neither D1 nor R2", () =>
      expectUnauthorized(path, init));
    for (const [transport, headers] of Object.entries(transports)) {
      for (const [defect, create] of Object.entries(invalidTokens)) {
        it(`a token ${transport} that ${defect} is 401 and touches neither D1 nor R2`, async () => {
          await expectUnauthorized(path, { ...init, headers: headers(await create()) });
        });
      }
    }
  });
}

async function expectUnauthorized(path: string, init: RequestInit): Promise<void> {
  const { isolate, d1, r2 } = newCountingIsolate();
  const response = await call(path, { ...init, isolate });
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ error: "Unauthorized" });
  expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(response.headers.get("Vary")).toBe("Cookie, Authorization");
  expect({ d1, r2 }).toEqual({ d1: {}, r2: {} });
}
