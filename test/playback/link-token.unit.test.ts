// The token of a playback link: what it allows, and that nothing in it can be changed.
import { afterEach, describe, expect, it, vi } from "vitest";
import { type LinkClaims, type LinkedAudio, signLink, verifyLink } from "../../src/playback/link-token.ts";

const NEW = { id: "2026-11", secret: "a-new-secret-of-at-least-32-characters" };
const OLD = { id: "2026-10", secret: "an-old-secret-of-at-least-32-characters" };
const EXPIRES_AT = 1_800_000_000;
const BEFORE = (EXPIRES_AT - 1) * 1000;
const CLAIMS: LinkClaims = { orgId: "org_a", kind: "generation", id: "gen_1", expiresAt: EXPIRES_AT };
const AUDIO: LinkedAudio = { kind: "generation", id: "gen_1" };

const verify = (token: string, audio = AUDIO, keys = [NEW], now = BEFORE) =>
  verifyLink(keys, token, audio, now);

afterEach(() => vi.restoreAllMocks());

it("a token names its organisation and expiry to whoever verifies it for its audio", async () => {
  expect(await verify(await signLink(NEW, CLAIMS))).toEqual({
    kind: "valid",
    orgId: "org_a",
    expiresAt: EXPIRES_AT,
  });
});

it.each(["org_2abc", "org.with.dots", "org with spaces", "org_日本", 'org","x'])(
  "a token of the organisation %j is valid for it",
  async (orgId) => {
    expect(await verify(await signLink(NEW, { ...CLAIMS, orgId }))).toMatchObject({ kind: "valid", orgId });
  },
);

it("a token is valid until its expiry, and then is expired", async () => {
  const token = await signLink(NEW, CLAIMS);
  expect((await verify(token, AUDIO, [NEW], EXPIRES_AT * 1000 - 1)).kind).toBe("valid");
  expect((await verify(token, AUDIO, [NEW], EXPIRES_AT * 1000)).kind).toBe("expired");
});

describe("a token is invalid", () => {
  it.each<[string, LinkedAudio]>([
    ["another id", { kind: "generation", id: "gen_2" }],
    ["a voice of the same id", { kind: "voice", id: "gen_1" }],
    ["an id that continues its own", { kind: "generation", id: "gen_1/peaks" }],
  ])("for %s", async (_audio, audio) => {
    expect(await verify(await signLink(NEW, CLAIMS), audio)).toEqual({ kind: "invalid" });
  });

  it("with any one character changed, removed or added", async () => {
    const token = await signLink(NEW, CLAIMS);
    const verdicts = new Set<string>();
    for (let at = 0; at < token.length; at += 1) {
      for (const replacement of ["", "A", "B", "0", "1", "_", ".", `${token[at]}x`]) {
        const changed = token.slice(0, at) + replacement + token.slice(at + 1);
        if (changed !== token) verdicts.add((await verify(changed, AUDIO, [NEW, OLD])).kind);
      }
    }
    expect([...verdicts]).toEqual(["invalid"]);
  });

  it("in every other form of its signature that base64 decoders accept", async () => {
    const [keyId, expiry, signature = "", orgId] = (await signLink(NEW, CLAIMS)).split(".");
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const last = alphabet.indexOf(signature.at(-1) ?? "");
    const forms = [1, 2, 3].map((bits) => signature.slice(0, -1) + alphabet[last + bits]);
    for (const form of [...forms, `${signature}=`, `${signature}\n`, signature.replace(/[-_]/, "+")]) {
      if (form === signature) continue;
      expect(await verify([keyId, expiry, form, orgId].join("."))).toEqual({ kind: "invalid" });
    }
  });

  it("when it was signed with another secret under the same id", async () => {
    const token = await signLink({ ...NEW, secret: OLD.secret }, CLAIMS);
    expect(await verify(token)).toEqual({ kind: "invalid" });
  });

  it("under the id of another key, even when both have the same secret", async () => {
    const token = await signLink(OLD, CLAIMS);
    const renamed = token.replace(OLD.id, NEW.id);
    expect(await verify(renamed, AUDIO, [NEW, OLD])).toEqual({ kind: "invalid" });
    expect(await verify(renamed, AUDIO, [{ ...NEW, secret: OLD.secret }])).toEqual({ kind: "invalid" });
  });

  it.each(["", ".", "...", "2026-11", `2026-11.${EXPIRES_AT}..org_a`, "__proto__.1800000000.x.org_a"])(
    "when it is %j",
    async (token) => expect(await verify(token)).toEqual({ kind: "invalid" }),
  );

  it("and costs no cryptography, when it is longer than 512 characters or names no known key", async () => {
    const computed = [vi.spyOn(crypto.subtle, "verify"), vi.spyOn(crypto.subtle, "importKey")];
    const tooLong = await signLink({ ...OLD }, { ...CLAIMS, orgId: "o".repeat(500) });
    for (const spy of computed) spy.mockClear();
    expect(await verify(tooLong, AUDIO, [OLD])).toEqual({ kind: "invalid" });
    expect(await verify(await signLink(NEW, CLAIMS), AUDIO, [OLD])).toEqual({ kind: "invalid" });
    expect(computed.map((spy) => spy.mock.calls.length)).toEqual([0, 0]);
  });
});

it("a token of the older key is valid as long as that key is configured", async () => {
  const token = await signLink(OLD, CLAIMS);
  expect((await verify(token, AUDIO, [NEW, OLD])).kind).toBe("valid");
  expect((await verify(token, AUDIO, [NEW])).kind).toBe("invalid");
});

it("a key is imported once", async () => {
  const imported = vi.spyOn(crypto.subtle, "importKey");
  const key = { ...NEW };
  const token = await signLink(key, CLAIMS);
  for (let count = 0; count < 3; count += 1) await verify(token, AUDIO, [key]);
  expect(imported).toHaveBeenCalledTimes(1);
});
