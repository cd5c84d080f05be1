// The tests that every route behind a session shares: it rejects invalid tokens, however they are sent.
import { describe, expect, it } from "vitest";
import { call, newCountingIsolate } from "./call.ts";
import { invalidTokens, tokenWithoutAzp } from "./tokens.ts";

const inCookie = (token: string): HeadersInit => ({ Cookie: `theme=dark; __session=${token}` });
const asBearer = (token: string): HeadersInit => ({ Authorization: `Bearer ${token}` });

/** Declares tests that `path` answers 401, with the same body, to every invalid session, and touches no data. */
export function itRejectsUnauthenticated(path: string, init: RequestInit = {}): void {
  const expectRejected = async (headers: HeadersInit, overrides = {}) =>
    expectUnauthorized(path, { ...init, headers }, overrides);

  describe("authentication:", () => {
    it("a request without a token is 401 and touches neither D1 nor R2", () => expectRejected({}));
    for (const [transport, headers] of [
      ["in the __session cookie", inCookie],
      ["in Authorization: Bearer", asBearer],
    ] as const) {
      for (const [defect, create] of Object.entries(invalidTokens)) {
        it(`a token ${transport} that ${defect} is 401 and touches neither D1 nor R2`, async () =>
          expectRejected(headers(await create())));
      }
      it(`a token ${transport} that names no authorised party is 401 when CLERK_REQUIRE_AZP is true`, async () =>
        expectRejected(headers(await tokenWithoutAzp()), { CLERK_REQUIRE_AZP: "true" }));
    }
    it("a token in Authorization: Bearer that names no authorised party is 401 and touches neither D1 nor R2", async () =>
      expectRejected(asBearer(await tokenWithoutAzp())));
  });
}

async function expectUnauthorized(path: string, init: RequestInit, overrides: object): Promise<void> {
  const { isolate, d1, r2 } = newCountingIsolate({ ...overrides });
  const response = await call(path, { ...init, isolate });
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ error: "Unauthorized" });
  expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(response.headers.get("Vary")).toBe("Cookie, Authorization");
  expect({ d1, r2 }).toEqual({ d1: {}, r2: {} });
}
