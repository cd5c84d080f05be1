// RFC 9110 §13 and §14, asked of every kind of audio by GET and HEAD.
import { describe, expect, it } from "vitest";
import { call } from "../support/call.ts";
import { type AudioKind, audioKinds } from "./audio-kinds.ts";

const SIZE = 1000;
const BYTES = crypto.getRandomValues(new Uint8Array(SIZE));

interface Version {
  etag: string;
  lastModified: string;
}
type Headers_ = Record<string, string>;
type Case = [name: string, headers: Headers_ | ((version: Version) => Headers_), expected: Expected];

/** A status, or the first and last byte of a 206. */
type Expected = 200 | 304 | 412 | 416 | [first: number, last: number];

const shifted = (date: string, seconds: number) => new Date(Date.parse(date) + seconds * 1000).toUTCString();

/** The same instant in the two obsolete forms of RFC 9110 §5.6.7. */
const rfc850 = (date: string) => {
  const [, , day, month, year, time] = /^(\w{3}), (\d{2}) (\w{3}) \d{2}(\d{2}) (.{8}) GMT$/.exec(date) ?? [];
  const weekday = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" }).format(new Date(date));
  return `${weekday}, ${day}-${month}-${year} ${time} GMT`;
};
const asctime = (date: string) => {
  const [, weekday, day, month, year, time] =
    /^(\w{3}), (\d{2}) (\w{3}) (\d{4}) (.{8}) GMT$/.exec(date) ?? [];
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
};

const BEYOND = "9".repeat(40);

const cases: Case[] = [
  ["no conditions", {}, 200],

  ["a range from the start", { Range: "bytes=0-499" }, [0, 499]],
  ["the first byte", { Range: "bytes=0-0" }, [0, 0]],
  ["the last byte", { Range: "bytes=999-999" }, [999, 999]],
  ["an open range", { Range: "bytes=500-" }, [500, 999]],
  ["the whole as a range", { Range: "bytes=0-" }, [0, 999]],
  ["a range that ends past the end", { Range: "bytes=900-5000" }, [900, 999]],
  ["a range that ends beyond 2^53", { Range: `bytes=900-${BEYOND}` }, [900, 999]],
  ["a suffix", { Range: "bytes=-100" }, [900, 999]],
  ["a suffix larger than the audio", { Range: "bytes=-5000" }, [0, 999]],
  ["a suffix beyond 2^53", { Range: `bytes=-${BEYOND}` }, [0, 999]],
  ["a range with leading zeros", { Range: "bytes=0000-0009" }, [0, 9]],
  ["a unit in capitals", { Range: "BYTES=0-9" }, [0, 9]],
  ["empty members around a range", { Range: "bytes=, ,0-9 ,\t, " }, [0, 9]],

  ["a range at the end", { Range: "bytes=1000-" }, 416],
  ["a range past the end", { Range: "bytes=1000-1010" }, 416],
  ["a range beyond 2^53", { Range: `bytes=${BEYOND}-` }, 416],
  ["a suffix of nothing", { Range: "bytes=-0" }, 416],

  ["a range that ends before it starts", { Range: "bytes=10-5" }, 200],
  ["one that does so beyond 2^53", { Range: "bytes=9007199254740995-9007199254740993" }, 200],
  ["an unknown unit", { Range: "seconds=0-5" }, 200],
  ["no unit", { Range: "0-5" }, 200],
  ["a unit alone", { Range: "bytes" }, 200],
  ["an empty set", { Range: "bytes=" }, 200],
  ["a set of empty members", { Range: "bytes=,," }, 200],
  ["a dash alone", { Range: "bytes=-" }, 200],
  ["a negative first byte", { Range: "bytes=--5" }, 200],
  ["letters", { Range: "bytes=a-z" }, 200],
  ["trailing letters", { Range: "bytes=0-5x" }, 200],
  ["hexadecimal digits", { Range: "bytes=0x0-0x5" }, 200],
  ["a fraction", { Range: "bytes=0.5-5" }, 200],
  ["space inside a range", { Range: "bytes=0 - 5" }, 200],
  ["space before the equals sign", { Range: "bytes =0-5" }, 200],
  ["space after the equals sign", { Range: "bytes= 0-5" }, 200],
  ["two ranges", { Range: "bytes=0-4,10-14" }, 200],
  ["overlapping ranges", { Range: "bytes=0-,0-,0-" }, 200],
  ["hundreds of ranges", { Range: `bytes=${Array(500).fill("0-999").join(",")}` }, 200],
  ["a good and a bad range", { Range: "bytes=0-4,x" }, 200],

  ["If-None-Match with the tag", ({ etag }) => ({ "If-None-Match": etag }), 304],
  ["If-None-Match with the tag made weak", ({ etag }) => ({ "If-None-Match": `W/${etag}` }), 304],
  ["If-None-Match with *", { "If-None-Match": "*" }, 304],
  ["If-None-Match with a list", ({ etag }) => ({ "If-None-Match": `"a", W/"b,c" , ${etag}` }), 304],
  ["If-None-Match with an untidy list", ({ etag }) => ({ "If-None-Match": `,, "a",,\t${etag},` }), 304],
  ["If-None-Match with other tags", { "If-None-Match": '"a", W/"b"' }, 200],
  ["If-None-Match with the tag unquoted", ({ etag }) => ({ "If-None-Match": etag.slice(1, -1) }), 200],
  [
    "If-None-Match with a tag that contains it",
    ({ etag }) => ({ "If-None-Match": `"x,${etag.slice(1)}` }),
    200,
  ],
  ["If-None-Match with a lower-case w/", ({ etag }) => ({ "If-None-Match": `w/${etag}` }), 200],
  ["If-None-Match with a range", ({ etag }) => ({ "If-None-Match": etag, Range: "bytes=0-9" }), 304],
  [
    "If-None-Match with a range past the end",
    ({ etag }) => ({ "If-None-Match": etag, Range: "bytes=5000-" }),
    304,
  ],

  ["If-Modified-Since then", ({ lastModified }) => ({ "If-Modified-Since": lastModified }), 304],
  [
    "If-Modified-Since later",
    ({ lastModified }) => ({ "If-Modified-Since": shifted(lastModified, 60) }),
    304,
  ],
  [
    "If-Modified-Since before",
    ({ lastModified }) => ({ "If-Modified-Since": shifted(lastModified, -1) }),
    200,
  ],
  [
    "If-Modified-Since in RFC 850's form",
    ({ lastModified }) => ({ "If-Modified-Since": rfc850(lastModified) }),
    304,
  ],
  [
    "If-Modified-Since in asctime's form",
    ({ lastModified }) => ({ "If-Modified-Since": asctime(lastModified) }),
    304,
  ],
  ["If-Modified-Since in no HTTP form", { "If-Modified-Since": "2999-01-01" }, 200],
  ["If-Modified-Since with no such month", { "If-Modified-Since": "Sun, 06 Foo 2999 08:49:37 GMT" }, 200],
  [
    "If-None-Match before If-Modified-Since",
    ({ lastModified }) => ({ "If-None-Match": '"a"', "If-Modified-Since": lastModified }),
    200,
  ],

  ["If-Match with the tag", ({ etag }) => ({ "If-Match": etag }), 200],
  ["If-Match with *", { "If-Match": "*" }, 200],
  ["If-Match with a list", ({ etag }) => ({ "If-Match": `"a", ${etag}` }), 200],
  ["If-Match with another tag", { "If-Match": '"a"' }, 412],
  ["If-Match with the tag made weak", ({ etag }) => ({ "If-Match": `W/${etag}` }), 412],
  ["If-Match with a range", ({ etag }) => ({ "If-Match": etag, Range: "bytes=0-9" }), [0, 9]],
  ["If-Match with another tag and a range past the end", { "If-Match": '"a"', Range: "bytes=5000-" }, 412],
  ["If-Match before If-None-Match", ({ etag }) => ({ "If-Match": '"a"', "If-None-Match": etag }), 412],
  ["If-Match and If-None-Match", ({ etag }) => ({ "If-Match": etag, "If-None-Match": etag }), 304],

  ["If-Unmodified-Since then", ({ lastModified }) => ({ "If-Unmodified-Since": lastModified }), 200],
  [
    "If-Unmodified-Since before",
    ({ lastModified }) => ({ "If-Unmodified-Since": shifted(lastModified, -1) }),
    412,
  ],
  ["If-Unmodified-Since in no HTTP form", { "If-Unmodified-Since": "1999" }, 200],
  [
    "If-Match before If-Unmodified-Since",
    ({ etag, lastModified }) => ({ "If-Match": etag, "If-Unmodified-Since": shifted(lastModified, -1) }),
    200,
  ],

  ["If-Range with the tag", ({ etag }) => ({ "If-Range": etag, Range: "bytes=0-9" }), [0, 9]],
  ["If-Range with the tag made weak", ({ etag }) => ({ "If-Range": `W/${etag}`, Range: "bytes=0-9" }), 200],
  ["If-Range with another tag", { "If-Range": '"a"', Range: "bytes=0-9" }, 200],
  ["If-Range with another tag and a range past the end", { "If-Range": '"a"', Range: "bytes=5000-" }, 200],
  [
    "If-Range with the tag and a range past the end",
    ({ etag }) => ({ "If-Range": etag, Range: "bytes=5000-" }),
    416,
  ],
  [
    "If-Range with the date",
    ({ lastModified }) => ({ "If-Range": lastModified, Range: "bytes=0-9" }),
    [0, 9],
  ],
  [
    "If-Range with a later date",
    ({ lastModified }) => ({ "If-Range": shifted(lastModified, 1), Range: "bytes=0-9" }),
    200,
  ],
  ["If-Range with nonsense", { "If-Range": "yesterday", Range: "bytes=0-9" }, 200],
  ["If-Range without a range", { "If-Range": '"a"' }, 200],
];

for (const [kind, given] of Object.entries(audioKinds)) {
  for (const method of ["GET", "HEAD"]) {
    describe(`${method} of ${kind}`, () => {
      it.each(cases)("with %s", (_name, headers, expected) => ask(given, method, headers, expected));
    });
  }
}

async function ask(given: AudioKind, method: string, headers: Case[1], expected: Expected): Promise<void> {
  const { path, isolate } = await given(BYTES);
  // A separate isolate, so that asking for the validators does not warm the one under test.
  const version = await versionOf(path);
  const own = typeof headers === "function" ? headers(version) : headers;
  const response = await call(path, { method, as: "org_a", isolate, headers: own });
  const body = new Uint8Array(await response.arrayBuffer());

  // RFC 9110 §14.2: Range is for GET; a HEAD answers as if there were none.
  if (method === "HEAD") {
    const status = Array.isArray(expected) || expected === 416 ? 200 : expected;
    expect(response.status).toBe(status);
    expect(body.byteLength).toBe(0);
    if (status === 200) expect(response.headers.get("Content-Length")).toBe(String(SIZE));
    expectHeaders(response, version);
    return;
  }
  if (Array.isArray(expected)) {
    const [first, last] = expected;
    expect(response.status).toBe(206);
    expect(response.headers.get("Content-Range")).toBe(`bytes ${first}-${last}/${SIZE}`);
    expect(response.headers.get("Content-Length")).toBe(String(last - first + 1));
    expect(body).toEqual(BYTES.slice(first, last + 1));
  } else {
    expect(response.status).toBe(expected);
    if (expected === 200) {
      expect(response.headers.get("Content-Length")).toBe(String(SIZE));
      expect(body).toEqual(BYTES);
    }
    if (expected === 304) expect(body.byteLength).toBe(0);
    expect(response.headers.get("Content-Range")).toBe(expected === 416 ? `bytes */${SIZE}` : null);
  }
  expectHeaders(response, version);
}

function expectHeaders(response: Response, { etag, lastModified }: Version): void {
  const { headers, status } = response;
  expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
  expect(headers.get("Content-Security-Policy")).toBe("default-src 'none'; frame-ancestors 'none'; sandbox");
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

async function versionOf(path: string): Promise<Version> {
  const { headers } = await call(path, { method: "HEAD", as: "org_a" });
  return { etag: headers.get("ETag") ?? "", lastModified: headers.get("Last-Modified") ?? "" };
}
