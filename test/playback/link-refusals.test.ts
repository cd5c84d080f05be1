// What a link does not open: another audio, anything after its expiry, and anything but audio.
import { afterEach, describe, expect, it, vi } from "vitest";
import { LOCAL_LINK_SECRET } from "../../dev/identities.ts";
import { type Call, call, newCountingIsolate, newIsolate, statusOf } from "../support/call.ts";
import { givenGeneration, givenVoice, newOrg } from "../support/fixtures.ts";
import { createLink, withTokenParts } from "../support/links.ts";
import { captureLog, requestLines } from "../support/log.ts";
import { sessionToken } from "../support/tokens.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const kinds = [
  { path: "/api/audio/", given: givenGeneration },
  { path: "/api/voices/", given: givenVoice },
];

describe.each(kinds)("a link of GET $path{id}", ({ path, given }) => {
  /** A link of an own audio of a new organisation. */
  async function givenLink() {
    const orgId = newOrg();
    const id = await given(orgId);
    return { orgId, id, ...(await createLink(path + id, { as: orgId })) };
  }

  /** Expects 401 with `error` and nothing else, without a call of D1 or R2. */
  async function expectRefused(url: string, error: string, init: Call = {}): Promise<void> {
    const { isolate, d1, r2 } = newCountingIsolate(init.env);
    const response = await call(url, { ...init, isolate });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ error });
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect({ d1, r2 }).toEqual({ d1: {}, r2: {} });
  }
  const INVALID = "This link is not valid";

  it("is 401 link_expired from its expiry on, also in an isolate that has played it", async () => {
    const now = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now });
    const { url, expiresAt } = await givenLink();
    const isolate = newIsolate();
    expect(await statusOf(call(url, { isolate }))).toBe(200);
    vi.setSystemTime(Date.parse(expiresAt) - 1);
    expect(await statusOf(call(url, { isolate }))).toBe(200);
    vi.setSystemTime(Date.parse(expiresAt));
    expect(await statusOf(call(url, { isolate }))).toBe(401);
    await expectRefused(url, "This link has expired");
    const problem = await call(url, { headers: { Accept: "application/problem+json" } });
    expect(await problem.json()).toMatchObject({ code: "link_expired" });
  });

  it("with a later expiry is not valid", async () => {
    const { url } = await givenLink();
    const later = withTokenParts(url, ({ expiry }) => ({ expiry: String(Number(expiry) + 1) }));
    await expectRefused(later, INVALID);
  });

  it("of another organisation is not valid for the same id", async () => {
    const { url } = await givenLink();
    await expectRefused(
      withTokenParts(url, () => ({ orgId: newOrg() })),
      INVALID,
    );
  });

  it("is not valid for another audio of its own organisation, of either kind", async () => {
    const { url, orgId } = await givenLink();
    const query = url.slice(url.indexOf("?"));
    for (const other of [
      `/api/audio/${await givenGeneration(orgId)}`,
      `/api/voices/${await givenVoice(orgId)}`,
      `/api/voices/${await givenVoice(null)}`,
    ])
      await expectRefused(other + query, INVALID);
  });

  it("is not valid for a row of the other kind with the same id", async () => {
    const { url, id, orgId } = await givenLink();
    const other = kinds.find((kind) => kind.path !== path);
    await other?.given(orgId, "ready", { id });
    await expectRefused(url.replace(path, other?.path ?? ""), INVALID);
  });

  it("signed by another deployment, or under the id of a retired key, is not valid", async () => {
    const { url } = await givenLink();
    const another = { LINK_SECRET: `local:${"x".repeat(32)}` };
    await expectRefused(url, INVALID, { env: another });
    const retired = { LINK_SECRET: LOCAL_LINK_SECRET.replace("local:", "newer:") };
    await expectRefused(url, INVALID, { env: retired });
    await expectRefused(
      withTokenParts(url, () => ({ keyId: "newer" })),
      INVALID,
      { env: retired },
    );
  });

  it.each(["", "x", "a.b.c.d", "x".repeat(100_000), "%00", "%E0%A4%A"])(
    "that is malformed is not valid",
    async (token) => {
      const id = await given("org_a");
      await expectRefused(`${path}${id}?link=${token}`, INVALID);
    },
  );

  it("counts once: of two, the first", async () => {
    const { url } = await givenLink();
    expect(await statusOf(call(`${url}&link=x`))).toBe(200);
    await expectRefused(url.replace("?", "?link=x&"), INVALID);
  });

  it("decides alone beside a session: another member plays, and a wrong link is 401 in spite of the session", async () => {
    const { url, id, orgId } = await givenLink();
    const other = newOrg();
    expect(await statusOf(call(url, { as: other }))).toBe(200);
    const Cookie = `__session=${await sessionToken({ orgId: other })}`;
    expect(await statusOf(call(url, { headers: { Cookie } }))).toBe(200);
    await expectRefused(`${path}${id}?link=x`, INVALID, { as: orgId });
  });

  it("does not verify a session token, however many the request has", async () => {
    const { url } = await givenLink();
    const verified = vi.spyOn(crypto.subtle, "verify");
    expect(await statusOf(call(url, { as: newOrg() }))).toBe(200);
    expect(verified.mock.calls.map(([algorithm]) => algorithm)).toEqual(["HMAC"]);
  });

  it("gives nothing but the audio: peaks, metadata, lists and deletion need a session", async () => {
    const { url, id, orgId } = await givenLink();
    const query = url.slice(url.indexOf("?"));
    const requests: [string, string][] = [
      ["GET", `${path}${id}/peaks`],
      ["GET", `/api/voices/${id}/metadata`],
      ["GET", `/api/generations/${id}`],
      ["GET", "/api/voices"],
      ["GET", "/api/generations"],
      ["DELETE", `/api/voices/${id}`],
      ["POST", "/api/voices/create"],
    ];
    for (const [method, other] of requests)
      expect(await statusOf(call(other + query, { method })), other).toBe(401);
    expect(await statusOf(call(path + id, { as: orgId }))).toBe(200);
  });

  it("is not a link where LINK_SECRET is unset: the session decides", async () => {
    const { url, orgId } = await givenLink();
    const unset = { env: { LINK_SECRET: "" } };
    const refused = await call(url, unset);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toEqual({ error: "Unauthorized" });
    const played = await call(url, { as: orgId, ...unset });
    await played.arrayBuffer();
    expect(played.status).toBe(200);
    expect(played.headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin");
  });

  it("logs its organisation and never its token, played or refused", async () => {
    const { url, orgId } = await givenLink();
    const token = new URLSearchParams(url.slice(url.indexOf("?"))).get("link") ?? "";
    const lines = captureLog();
    const missing = { env: { AUDIO: { get: () => Promise.reject(new Error("R2")) } } };
    const bodies: string[] = [];
    for (const init of [{}, { method: "HEAD" }, { env: { LINK_SECRET: `x:${"x".repeat(32)}` } }, missing])
      bodies.push(await (await call(url, init)).text());
    expect(requestLines(lines).map(({ status, orgId: logged }) => [status, logged])).toEqual([
      [200, orgId],
      [200, orgId],
      [401, undefined],
      [502, orgId],
    ]);
    const [, , signature = ""] = token.split(".");
    for (const text of [JSON.stringify(lines), ...bodies]) expect(text).not.toContain(signature);
  });
});
