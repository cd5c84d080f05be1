// The identity in the claims of a verified session token.
import { describe, expect, it } from "vitest";
import { identityOf } from "../../src/auth/session-claims.ts";

const sub = "user_a";
const identity = { userId: "user_a", orgId: "org_a" };

describe("identityOf", () => {
  it.each([
    ["o.id of a version 2 token", { sub, v: 2 as const, o: { id: "org_a" } }],
    [
      "o.id of a version 2 token, not its custom org_id",
      { sub, v: 2 as const, o: { id: "org_a" }, org_id: "org_b" },
    ],
    ["org_id of a version 1 token", { sub, org_id: "org_a" }],
    ["org_id of a version 1 token, not its custom o", { sub, org_id: "org_a", o: { id: "org_b" } }],
    ["o.id of an active session", { sub, v: 2 as const, o: { id: "org_a" }, sts: "active" }],
  ])("reads the organisation from %s", (_fact, claims) => {
    expect(identityOf(claims)).toEqual(identity);
  });

  it.each([
    ["a pending session", { sub, v: 2 as const, o: { id: "org_a" }, sts: "pending" }],
    ["a version 2 token without an organisation", { sub, v: 2 as const }],
    ["a version 2 token with only a custom org_id", { sub, v: 2 as const, org_id: "org_a" }],
    ["a version 1 token without an organisation", { sub }],
    ["a version 2 token whose o is null", { sub, v: 2 as const, o: null }],
    ["a version 2 token whose o is a string", { sub, v: 2 as const, o: "org_a" }],
    ["an empty organisation id", { sub, v: 2 as const, o: { id: "" } }],
    ["an organisation id that is not a string", { sub, v: 2 as const, o: { id: 7 } }],
  ])("is null for %s", (_fact, claims) => {
    expect(identityOf(claims)).toBeNull();
  });
});
