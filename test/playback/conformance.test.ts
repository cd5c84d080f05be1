// Conditional requests (RFC 9110 §13) and ranges (§14), by GET and HEAD, for every kind of audio.
import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../support/call.ts";
import { audioKinds, type ServedAudio, validatorsOf } from "./audio-kinds.ts";

const SIZE = 1000;
const BYTES = crypto.getRandomValues(new Uint8Array(SIZE));

type Validators = Awaited<ReturnType<typeof validatorsOf>>;
type RequestHeaders = Record<string, string>;
type Case = [
  name: string,
  headers: RequestHeaders | ((validators: Validators) => RequestHeaders),
  expected: Expected,
];

/** A status, or the first and last byte of a 206. */
type Expected = 200 | 304 | 412 | 416 | [first: number, last: number];

const shifted = (date: string, seconds: number) => new Date(Date.parse(date) + seconds * 1000).toUTCString();

/** `date` in the two obsolete formats of RFC 9110 §5.6.7. */
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
  ["an open range from the start", { Range: "bytes=0-" }, [0, 999]],
  ["a range that ends past the end", { Range: "bytes=900-5000" }, [900, 999]],
  ["a range that ends beyond 2^53", { Range: `bytes=900-${BEYOND}` }, [900, 999]],
  ["a suffix", { Range: "bytes=-100" }, [900, 999]],
  ["a suffix larger than the audio", { Range: "bytes=-5000" }, [0, 999]],
  ["a suffix beyond 2^53", { Range: `bytes=-${BEYOND}` }, [0, 999]],
  ["a range with leading zeros", { Range: "bytes=0000-0009" }, [0, 9]],
  ["a unit in capitals", { Range: "BYTES=0-9" }, [0, 9]],
  ["empty list members around a range", { Range: "bytes=, ,0-9 ,\t, " }, [0, 9]],

  ["a range that starts at the end", { Range: "bytes=1000-" }, 416],
  ["a range that starts past the end", { Range: "bytes=1000-1010" }, 416],
  ["a range that starts beyond 2^53", { Range: `bytes=${BEYOND}-` }, 416],
  ["a suffix of 0 bytes", { Range: "bytes=-0" }, 416],

  ["a range that ends before it starts", { Range: "bytes=10-5" }, 200],
  [
    "a range beyond 2^53 that ends before it starts",
    { Range: "bytes=9007199254740995-9007199254740993" },
    200,
  ],
  ["an unknown unit", { Range: "seconds=0-5" }, 200],
  ["a range without a unit", { Range: "0-5" }, 200],
  ["a unit without a range", { Range: "bytes" }, 200],
  ["an empty set", { Range: "bytes=" }, 200],
  ["a set of empty list members", { Range: "bytes=,," }, 200],
  ["a range of only a dash", { Range: "bytes=-" }, 200],
  ["a negative first byte", { Range: "bytes=--5" }, 200],
  ["letters instead of positions", { Range: "bytes=a-z" }, 200],
  ["letters behind a range", { Range: "bytes=0-5x" }, 200],
  ["hexadecimal positions", { Range: "bytes=0x0-0x5" }, 200],
  ["a fraction as position", { Range: "bytes=0.5-5" }, 200],
  ["space inside a range", { Range: "bytes=0 - 5" }, 200],
  ["space before the equals sign", { Range: "bytes =0-5" }, 200],
  ["space after the equals sign", { Range: "bytes= 0-5" }, 200],
  ["two ranges", { Range: "bytes=0-4,10-14" }, 200],
  ["overlapping ranges", { Range: "bytes=0-,0-,0-" }, 200],
  ["hundreds of ranges", { Range: `bytes=${Array(500).fill("0-999").join(",")}` }, 200],
  ["a valid and a malformed range", { Range: "bytes=0-4,x" }, 200],

  ["If-None-Match with the ETag", ({ etag }) => ({ "If-None-Match": etag }), 304],
  ["If-None-Match with the ETag made weak", ({ etag }) => ({ "If-None-Match": `W/${etag}` }), 304],
  ["If-None-Match with *", { "If-None-Match": "*" }, 304],
  [
    "If-None-Match with a list that contains the ETag",
    ({ etag }) => ({ "If-None-Match": `"a", W/"b,c" , ${etag}` }),
    304,
  ],
  [
    "If-None-Match with a list with empty members",
    ({ etag }) => ({ "If-None-Match": `,, "a",,\t${etag},` }),
    304,
  ],
  ["If-None-Match with other tags", { "If-None-Match": '"a", W/"b"' }, 200],
  ["If-None-Match with the ETag unquoted", ({ etag }) => ({ "If-None-Match": etag.slice(1, -1) }), 200],
  [
    "If-None-Match with a tag that contains the ETag",
    ({ etag }) => ({ "If-None-Match": `"x,${etag.slice(1)}` }),
    200,
  ],
  ["If-None-Match with the ETag and a lower-case w/", ({ etag }) => ({ "If-None-Match": `w/${etag}` }), 200],
  [
    "If-None-Match with the ETag and a range",
    ({ etag }) => ({ "If-None-Match": etag, Range: "bytes=0-9" }),
    304,
  ],
  [
    "If-None-Match with the ETag and a range past the end",
    ({ etag }) => ({ "If-None-Match": etag, Range: "bytes=5000-" }),
    304,
  ],

  ["If-Modified-Since at Last-Modified", ({ lastModified }) => ({ "If-Modified-Since": lastModified }), 304],
  [
    "If-Modified-Since after Last-Modified",
    ({ lastModified }) => ({ "If-Modified-Since": shifted(lastModified, 60) }),
    304,
  ],
  [
    "If-Modified-Since before Last-Modified",
    ({ lastModified }) => ({ "If-Modified-Since": shifted(lastModified, -1) }),
    200,
  ],
  [
    "If-Modified-Since in the RFC 850 format",
    ({ lastModified }) => ({ "If-Modified-Since": rfc850(lastModified) }),
    304,
  ],
  [
    "If-Modified-Since in the asctime format",
    ({ lastModified }) => ({ "If-Modified-Since": asctime(lastModified) }),
    304,
  ],
  ["If-Modified-Since that is not an HTTP date", { "If-Modified-Since": "2999-01-01" }, 200],
  ["If-Modified-Since with an unknown month", { "If-Modified-Since": "Sun, 06 Foo 2999 08:49:37 GMT" }, 200],
  [
    "If-None-Match with another tag, beside a matching If-Modified-Since,",
    ({ lastModified }) => ({ "If-None-Match": '"a"', "If-Modified-Since": lastModified }),
    200,
  ],

  ["If-Match with the ETag", ({ etag }) => ({ "If-Match": etag }), 200],
  ["If-Match with *", { "If-Match": "*" }, 200],
  ["If-Match with a list that contains the ETag", ({ etag }) => ({ "If-Match": `"a", ${etag}` }), 200],
  ["If-Match with another tag", { "If-Match": '"a"' }, 412],
  ["If-Match with the ETag made weak", ({ etag }) => ({ "If-Match": `W/${etag}` }), 412],
  ["If-Match with the ETag and a range", ({ etag }) => ({ "If-Match": etag, Range: "bytes=0-9" }), [0, 9]],
  ["If-Match with another tag and a range past the end", { "If-Match": '"a"', Range: "bytes=5000-" }, 412],
  [
    "If-Match with another tag, beside a matching If-None-Match,",
    ({ etag }) => ({ "If-Match": '"a"', "If-None-Match": etag }),
    412,
  ],
  [
    "If-Match and If-None-Match with the ETag",
    ({ etag }) => ({ "If-Match": etag, "If-None-Match": etag }),
    304,
  ],

  [
    "If-Unmodified-Since at Last-Modified",
    ({ lastModified }) => ({ "If-Unmodified-Since": lastModified }),
    200,
  ],
  [
    "If-Unmodified-Since before Last-Modified",
    ({ lastModified }) => ({ "If-Unmodified-Since": shifted(lastModified, -1) }),
    412,
  ],
  ["If-Unmodified-Since that is not an HTTP date", { "If-Unmodified-Since": "1999" }, 200],
  [
    "If-Match with the ETag, beside an If-Unmodified-Since that fails,",
    ({ etag, lastModified }) => ({ "If-Match": etag, "If-Unmodified-Since": shifted(lastModified, -1) }),
    200,
  ],

  ["If-Range with the ETag", ({ etag }) => ({ "If-Range": etag, Range: "bytes=0-9" }), [0, 9]],
  ["If-Range with the ETag made weak", ({ etag }) => ({ "If-Range": `W/${etag}`, Range: "bytes=0-9" }), 200],
  ["If-Range with another tag", { "If-Range": '"a"', Range: "bytes=0-9" }, 200],
  ["If-Range with another tag and a range past the end", { "If-Range": '"a"', Range: "bytes=5000-" }, 200],
  [
    "If-Range with the ETag and a range past the end",
    ({ etag }) => ({ "If-Range": etag, Range: "bytes=5000-" }),
    416,
  ],
  [
    "If-Range with Last-Modified",
    ({ lastModified }) => ({ "If-Range": lastModified, Range: "bytes=0-9" }),
    [0, 9],
  ],
  [
    "If-Range after Last-Modified",
    ({ lastModified }) => ({ "If-Range": shifted(lastModified, 1), Range: "bytes=0-9" }),
    200,
  ],
  ["If-Range that is neither a tag nor a date", { "If-Range": "yesterday", Range: "bytes=0-9" }, 200],
  ["If-Range without a range", { "If-Range": '"a"' }, 200],
];

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

    it.each(cases.map(([name, headers, expected]) => [name, outcome(expected), headers, expected] as const))(
      "answers a GET with %s by %s",
      async (_name, _outcome, headers, expected) => {
        const { response, validators } = await send(await prepare(), "GET", headers);
        await expectGetResponse(response, expected);
        expectHeaders(response, validators);
      },
    );

    it.each(cases.map(([name, headers, expected]) => [name, headStatus(expected), headers] as const))(
      "answers a HEAD with %s by %i",
      async (_name, status, headers) => {
        const { response, validators } = await send(await prepare(), "HEAD", headers);
        expect(response.status).toBe(status);
        expect((await response.arrayBuffer()).byteLength).toBe(0);
        if (status === 200) expect(response.headers.get("Content-Length")).toBe(String(SIZE));
        expectHeaders(response, validators);
      },
    );
  });
}

async function send({ path, r2Key, isolate }: ServedAudio, method: string, headers: Case[1]) {
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
