// Playing by a link: as with a session, until it expires or the audio is deleted.
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Call, call, newCountingIsolate, newIsolate, statusOf } from "../support/call.ts";
import { givenGeneration, givenVoice, newOrg } from "../support/fixtures.ts";
import { createLink } from "../support/links.ts";
import { audioKinds, validatorsOf } from "./audio-kinds.ts";
import { conformanceCases, SIZE } from "./conformance-cases.ts";

const BYTES = crypto.getRandomValues(new Uint8Array(SIZE));
const HOUR_MS = 3_600_000;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** What differs between any two requests, and what decision 31 changes for a link. */
const OWN_HEADERS = [
  "x-request-id",
  "server-timing",
  "cache-status",
  "cache-control",
  "cross-origin-resource-policy",
];

/** A response without {@link OWN_HEADERS}. */
async function comparable(response: Response) {
  const headers = [...response.headers].filter(([name]) => !OWN_HEADERS.includes(name));
  return { status: response.status, headers, body: new Uint8Array(await response.arrayBuffer()) };
}

/** One case for each status, and for each range: conformance.test.ts has all of them. */
const outcomes = [...new Map(conformanceCases.map((each) => [String(each[2]), each])).values()];

describe.each(Object.entries(audioKinds))("%s", (_kind, store) => {
  it("is answered by a link as by a session, to GET and HEAD, with ranges and conditions", async () => {
    const prepare = await store(BYTES);
    for (const [name, headers] of outcomes) {
      const { path, r2Key, isolate } = await prepare();
      const { url } = await createLink(path, { as: "org_a", isolate });
      const own = typeof headers === "function" ? headers(await validatorsOf(r2Key)) : headers;
      for (const method of ["GET", "HEAD"]) {
        const byLink = await call(url, { method, headers: own, isolate });
        const bySession = await call(path, { method, headers: own, isolate, as: "org_a" });
        expect(await comparable(byLink), `${method} with ${name}`).toEqual(await comparable(bySession));
      }
    }
  });

  it("is private and replayed for a minute at most, and never beyond the expiry of the link", async () => {
    const { path, isolate } = await (await store(BYTES))();
    const now = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now });
    const { url } = await createLink(path, { as: "org_a", isolate });
    const cacheControlAt = async (time: number, headers: HeadersInit = {}) => {
      vi.setSystemTime(time);
      const response = await call(url, { isolate, headers });
      await response.arrayBuffer();
      return response.headers.get("Cache-Control");
    };
    expect(await cacheControlAt(now)).toBe("private, max-age=60");
    expect(await cacheControlAt(now, { Range: "bytes=0-9" })).toBe("private, max-age=60");
    expect(await cacheControlAt(now, { "If-None-Match": "*" })).toBe("private, max-age=60");
    const expiry = Math.floor(now / 1000) * 1000 + HOUR_MS;
    expect(await cacheControlAt(expiry - 10_000)).toBe("private, max-age=10");
    expect(await cacheControlAt(expiry - 1)).toBe("private, max-age=0");
  });

  it("may be embedded by every page that has the link, and sends no Referer", async () => {
    const { path, isolate } = await (await store(BYTES))();
    const { url } = await createLink(path, { as: "org_a", isolate });
    for (const APP_ORIGINS of ["", "https://studio.example.com"]) {
      const response = await call(url, { isolate: { ...isolate, APP_ORIGINS } });
      await response.arrayBuffer();
      expect(response.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
      expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
      expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
      expect(response.headers.get("Vary")).toBe(`Cookie, Authorization${APP_ORIGINS && ", Origin"}`);
    }
  });

  it("is saved under the name that the link asks for, with the extension of its type", async () => {
    const { path, isolate } = await (await store(BYTES))();
    const { url } = await createLink(path, { as: "org_a", isolate });
    const dispositionOf = async (query: string, init: Call = {}) => {
      const response = await call(url + query, { isolate, ...init });
      await response.arrayBuffer();
      return response.headers.get("Content-Disposition");
    };
    const extension = path.startsWith("/api/audio") ? "wav" : "mp3";
    expect(await dispositionOf("&download=My%20words.exe")).toBe(
      `attachment; filename="My words.exe.${extension}"`,
    );
    expect(await dispositionOf("&download=x%0D%0AX-Evil:%201", { method: "HEAD" })).toBe(
      `attachment; filename="x X-Evil_ 1.${extension}"`,
    );
    expect(await dispositionOf("&download=")).toBe(`attachment; filename=audio.${extension}`);
    expect(await dispositionOf("&download=a", { headers: { Range: "bytes=0-1" } })).toBe(
      `attachment; filename=a.${extension}`,
    );
    expect(await dispositionOf("&download=a", { headers: { "If-None-Match": "*" } })).toBeNull();
    expect(await dispositionOf("")).toBeNull();
    const bySession = await call(`${path}?download=a`, { isolate, as: "org_a" });
    await bySession.arrayBuffer();
    expect(bySession.headers.get("Content-Disposition")).toBeNull();
  });
});

it("a link of a voice is 404 once the voice was deleted, at once where it was cached", async () => {
  const orgId = newOrg();
  const id = await givenVoice(orgId);
  const isolate = newIsolate();
  const { url } = await createLink(`/api/voices/${id}`, { as: orgId, isolate });
  const elsewhere = newIsolate();
  for (const each of [isolate, elsewhere]) expect(await statusOf(call(url, { isolate: each }))).toBe(200);
  expect(await statusOf(call(`/api/voices/${id}`, { method: "DELETE", as: orgId, isolate }))).toBe(204);
  for (const each of [isolate, elsewhere, newIsolate()])
    expect(await statusOf(call(url, { isolate: each }))).toBe(404);
});

it("a link of a generation is 404 once that was deleted, at once where it was cached", async () => {
  const orgId = newOrg();
  const id = await givenGeneration(orgId);
  const isolate = newIsolate();
  const { url } = await createLink(`/api/audio/${id}`, { as: orgId, isolate });
  expect(await statusOf(call(url, { isolate }))).toBe(200);
  expect(await statusOf(call(`/api/generations/${id}`, { method: "DELETE", as: orgId }))).toBe(204);
  expect(await statusOf(call(url, { isolate }))).toBe(404);
});

it("a link of a system voice plays from the edge cache, without D1 and R2", async () => {
  const id = await givenVoice(null);
  const { url } = await createLink(`/api/voices/${id}`, { as: newOrg() });
  expect(await statusOf(call(url))).toBe(200);
  const { isolate, d1, r2 } = newCountingIsolate();
  const hit = await call(url, { isolate });
  await hit.arrayBuffer();
  expect(hit.headers.get("Cache-Status")).toBe("Resonance; hit");
  expect({ d1, r2 }).toEqual({ d1: {}, r2: {} });
});
