// Which verified tokens are sessions, and who may present them.
import { describe, expect, it } from "vitest";
import { readSession } from "../../src/auth/session-token.ts";

const ORIGIN = "https://app.example.com";
const allowed = { authorizedParties: ["https://other.example.com", ORIGIN], requireAzp: false };
const claims = { sub: "user_a", sid: "sess_a", iat: 100, exp: 160, azp: ORIGIN };
const version2 = { ...claims, v: 2, o: { id: "org_a" } };

const read = (payload: unknown, header: unknown = { alg: "RS256" }) =>
  readSession({ header, payload }, "cookie", allowed);

it.each([
  ["version 1", { ...claims, org_id: "org_a" }],
  ["version 2", version2],
])("a token of %s is a session with its identity and times", (_version, payload) => {
  const identity = { userId: "user_a", orgId: "org_a" };
  expect(read(payload)).toEqual({ identity, issuedAt: 100, expiresAt: 160 });
});

it("a token without an organisation is a session without an identity", () => {
  expect(read(claims)).toEqual({ identity: null, issuedAt: 100, expiresAt: 160 });
});

describe("a token is a session", () => {
  it.each(["cl_B7d4PD111AAA", "cl_I7d4PD111III", undefined])("with the category %s", (cat) => {
    expect(read(version2, { cat })).not.toBeNull();
  });

  it.each(["cl_B7d4PD222AAA", "cl_B7d4PD333AAA", "", null, 7, ["cl_B7d4PD111AAA"]])(
    "but not with the category %j",
    (cat) => {
      expect(read(version2, { cat })).toBeNull();
    },
  );

  it.each([
    { v: 1 },
    { v: 3 },
    { v: "2" },
    { v: null },
    { v: [2] },
    { sid: undefined },
    { sid: "" },
    { sid: null },
    { sid: ["sess_a"] },
    { sub: undefined },
    { sub: "" },
    { sub: "mch_a" },
    { sub: { id: "user_a" } },
    { iat: undefined },
    { iat: "100" },
    { iat: Number.POSITIVE_INFINITY },
    { exp: Number.POSITIVE_INFINITY },
    { exp: undefined },
  ])("but not with the claims %j", (changes) => {
    expect(read({ ...version2, org_id: "org_a", ...changes })).toBeNull();
  });

  it.each([null, undefined, "claims", 7, []])("but not with the payload %j", (payload) => {
    expect(read(payload)).toBeNull();
  });
});

describe("the authorised party", () => {
  const readAs = (azp: unknown, credential: "bearer" | "cookie", requireAzp = false) =>
    readSession({ header: {}, payload: { ...version2, azp } }, credential, { ...allowed, requireAzp });

  it.each(["bearer", "cookie"] as const)("of the settings is accepted as a %s", (credential) => {
    expect(readAs(ORIGIN, credential)).not.toBeNull();
    expect(readAs(ORIGIN, credential, true)).not.toBeNull();
  });

  it.each(["https://evil.example", `${ORIGIN}/`, "", "null", null, 7, [ORIGIN]])(
    "%j is refused as a bearer and as a cookie",
    (azp) => {
      expect(readAs(azp, "bearer")).toBeNull();
      expect(readAs(azp, "cookie")).toBeNull();
    },
  );

  it("may be absent in a cookie, not in a bearer, and in neither when azp is required", () => {
    expect(readAs(undefined, "cookie")).not.toBeNull();
    expect(readAs(undefined, "bearer")).toBeNull();
    expect(readAs(undefined, "cookie", true)).toBeNull();
    expect(readAs(undefined, "bearer", true)).toBeNull();
  });
});
