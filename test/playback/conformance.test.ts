// Conditional requests (RFC 9110 §13) and ranges (§14), by GET and HEAD, for every kind of audio.
import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../support/call.ts";
import { audioKinds, type ServedAudio, validatorsOf } from "./audio-kinds.ts";
import { type ConformanceCase, conformanceCases, type Expected, SIZE } from "./conformance-cases.ts";

const BYTES = crypto.getRandomValues(new Uint8Array(SIZE));

type Validators = Awaited<ReturnType<typeof validatorsOf>>;
/** RFC 9110 §14.2: Range applies to GET alone; a HEAD is answered as if there were none. */
const headStatus = (expected: Expected) => (Array.isArray(expected) || expected === 416 ? 200 : expected);

const outcome = (expected: Expected) =>
  Array.isArray(expected) ? `206 for bytes ${expected[0]} to ${expected[1]}` : String(expected);

for (const [kind, store] of Object.entries(audioKinds)) {
  describe(kind, () => {
    let prepare: () => Promise<ServedAudio>;
    beforeAll(async () => {
      prepare = await store(BYTES);
    });

    it.each(
      conformanceCases.map(
        ([name, headers, expected]) => [name, outcome(expected), headers, expected] as const,
      ),
    )("answers a GET with %s by %s", async (_name, _outcome, headers, expected) => {
      const { response, validators } = await send(await prepare(), "GET", headers);
      await expectGetResponse(response, expected);
      expectHeaders(response, validators);
    });

    it.each(
      conformanceCases.map(([name, headers, expected]) => [name, headStatus(expected), headers] as const),
    )("answers a HEAD with %s by %i", async (_name, status, headers) => {
      const { response, validators } = await send(await prepare(), "HEAD", headers);
      expect(response.status).toBe(status);
      expect((await response.arrayBuffer()).byteLength).toBe(0);
      if (status === 200) expect(response.headers.get("Content-Length")).toBe(String(SIZE));
      expectHeaders(response, validators);
    });
  });
}

async function send({ path, r2Key, isolate }: ServedAudio, method: string, headers: ConformanceCase[1]) {
  const validators = await validatorsOf(r2Key);
  const own = typeof headers === "function" ? headers(validators) : headers;
  const response = await call(path, { method, as: "org_a", isolate, headers: own });
  return { response, validators };
}

async function expectGetResponse(response: Response, expected: Expected): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  if (Array.isArray(expected)) {
    const [first, last] = expected;
    expect(response.status).toBe(206);
    expect(response.headers.get("Content-Range")).toBe(`bytes ${first}-${last}/${SIZE}`);
    expect(response.headers.get("Content-Length")).toBe(String(last - first + 1));
    expect(body).toEqual(BYTES.slice(first, last + 1));
    return;
  }
  expect(response.status).toBe(expected);
  if (expected === 200) {
    expect(response.headers.get("Content-Length")).toBe(String(SIZE));
    expect(body).toEqual(BYTES);
  }
  if (expected === 304) expect(body.byteLength).toBe(0);
  expect(response.headers.get("Content-Range")).toBe(expected === 416 ? `bytes */${SIZE}` : null);
}

function expectHeaders({ headers, status }: Response, { etag, lastModified }: Validators): void {
  expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
  expect(headers.get("Content-Security-Policy")).toBe("default-src 'none'; frame-ancestors 'none'; sandbox");
  expect(headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin");
  expect(headers.get("Vary")).toBe("Cookie, Authorization");
  if (status >= 400) {
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(headers.get("Content-Type")).toBe("application/json");
    return;
  }
  expect(headers.get("ETag")).toBe(etag);
  expect(headers.get("Last-Modified")).toBe(lastModified);
  expect(headers.get("Accept-Ranges")).toBe("bytes");
  expect(headers.get("Cache-Control")).toMatch(/^(private, max-age=3600|public, max-age=86400)$/);
  expect(headers.get("Content-Type") ?? "").toMatch(status === 304 ? /^$/ : /^audio\//);
}
