// POST /api/voices/create: what it rejects, and in which order.
import { afterEach, describe, expect, it } from "vitest";
import { call, newCountingIsolate } from "../support/call.ts";
import { fixture, givenCustomer, NOTHING_STORED, resetPolar, storedCounts } from "../support/fixtures.ts";
import { brokenOff, streamOf, type Upload, upload } from "../support/uploads.ts";

const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;
const TOO_LONG = { "Content-Length": `${MAX_UPLOAD_BYTES + 1}` };

afterEach(resetPolar);

/** The response to a rejected request. */
interface Rejection {
  status: number;
  error: string;
  issues?: unknown;
}

const TOO_LARGE = { status: 413, error: "Audio file exceeds the 20 MB size limit" };
const NOT_AUDIO = { status: 422, error: "File is not a valid audio file" };
const EMPTY = { status: 400, error: "Please upload an audio file" };
const UNTYPED = { status: 400, error: "Missing Content-Type header" };
const WRAPPED = {
  status: 400,
  error:
    "The request body must be the audio file itself, not a form that contains it: curl --data-binary @file, or in a browser fetch(url, { body: file })",
};
const INTERRUPTED = { status: 400, error: "The upload was interrupted. Please try again." };

/** Uploads `body` as a new customer with a subscription: it must be rejected, and nothing stored. */
async function expectRejection(
  body: BodyInit | null,
  { status, ...members }: Rejection,
  options: Upload = {},
): Promise<void> {
  const orgId = await givenCustomer({ active: true });
  const response = await upload(orgId, body, options);
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual(members);
  expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
}

describe("POST /api/voices/create", () => {
  describe("stores nothing and", () => {
    it.each([
      ["no name", "category=GENERAL&language=en", "invalid_type", "Voice name is required", "name"],
      [
        "a blank name",
        "name=%20%20&category=GENERAL&language=en",
        "too_small",
        "Voice name is required",
        "name",
      ],
      [
        "two names",
        "name=a&name=b&category=GENERAL&language=en",
        "custom",
        "name appears more than once in the query",
        "name",
      ],
      [
        "a name that shows nothing",
        "name=%E3%85%A4%E2%80%8B&category=GENERAL&language=en",
        "custom",
        "Voice name must contain a visible character",
        "name",
      ],
      ["no category", "name=a&language=en", "invalid_enum_value", "Invalid category", "category"],
      [
        "an unknown category",
        "name=a&category=OPERA&language=en",
        "invalid_enum_value",
        "Invalid category",
        "category",
      ],
      ["no language", "name=a&category=GENERAL", "invalid_type", "Language is required", "language"],
      [
        "a malformed language",
        "name=a&category=GENERAL&language=en--US",
        "custom",
        "Language must be a BCP 47 tag such as en-US",
        "language",
      ],
    ])("is 400 with the documented issue for %s", async (_fact, query, code, message, field) => {
      const issues = [{ code, message, path: [field] }];
      const rejection = { status: 400, error: "Invalid input", issues };
      await expectRejection(await fixture("speech.mp3"), rejection, { query });
    });

    it.each([
      ["null", null],
      ["an empty string", ""],
      ["an empty buffer", new ArrayBuffer(0)],
    ])("is 400 for an empty body (%s)", async (_kind, body) => {
      await expectRejection(body, EMPTY);
    });

    it.each([[{}], [{ "Content-Type": "" }], [{ "Content-Type": " ; charset=utf-8" }]])(
      "is 400 for a body without a media type (headers %j)",
      async (headers) => {
        await expectRejection(await fixture("speech.mp3"), UNTYPED, { headers });
      },
    );

    it.each([
      ["name=%E0%A4%A", "name"],
      ["name=%FF", "name"],
      ["name=%ED%A0%80", "name"],
      ["name=a&description=100%", "description"],
    ])("is 400 for the malformed percent-encoding in %s, and names the parameter", async (query, field) => {
      const orgId = await givenCustomer({ active: true });
      const response = await call(`/api/voices/create?category=GENERAL&language=en&${query}`, {
        ...{ method: "POST", as: orgId, body: await fixture("speech.mp3") },
        headers: { "Content-Type": "audio/mpeg" },
      });
      expect(response.status).toBe(400);
      const issue = { code: "custom", message: `${field} is not valid percent-encoded UTF-8`, path: [field] };
      expect(await response.json()).toEqual({ error: "Invalid input", issues: [issue] });
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it.each(["multipart/form-data; boundary=x", "Multipart/Mixed", "multipart/related"])(
      "is 400 for a body declared as %s, says what to send, and reads no byte of it",
      async (type) => {
        const { isolate, r2 } = newCountingIsolate();
        let isRead = false;
        const pull = () => {
          isRead = true;
        };
        const body = new ReadableStream({ pull }, { highWaterMark: 0 });
        await expectRejection(body, WRAPPED, { isolate, headers: { "Content-Type": type } });
        expect({ isRead, r2 }).toEqual({ isRead: false, r2: {} });
      },
    );

    it.each([
      ["a form", async () => fixture("multipart-form.bin")],
      ["a form of another format", () => inForm("speech.m4a")],
      ["a form whose lines end in LF", () => inForm("speech.mp3", "\n")],
      ["a stored HTTP response", () => behind("HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n")],
      ["a MIME message", () => behind("MIME-Version: 1.0\r\nContent-Type: audio/mpeg\r\n\r\n")],
    ])("is 400 for %s around a recording that is declared as audio", async (_what, body) => {
      await expectRejection(await body(), WRAPPED, { headers: { "Content-Type": "audio/mpeg" } });
    });

    it.each([
      ["base64 in JSON", "application/json", async () => JSON.stringify({ file: btoa("x".repeat(60_000)) })],
      ["a file without its line breaks, as curl -d sends it", "application/x-www-form-urlencoded", stripped],
    ])("is 422 for %s", async (_what, type, body) => {
      await expectRejection(await body(), NOT_AUDIO, { headers: { "Content-Type": type } });
    });

    it.each([
      ["with", (bytes: Uint8Array<ArrayBuffer>) => bytes],
      ["without", streamOf],
    ])("is 413 for a recording of 20 MiB and one byte %s a Content-Length", async (_fact, toBody) => {
      await expectRejection(toBody(new Uint8Array(MAX_UPLOAD_BYTES + 1)), TOO_LARGE);
    });

    it("is 413 for a Content-Length of 20 MiB and one byte before R2 is called", async () => {
      const { isolate, r2 } = newCountingIsolate();
      const headers = { "Content-Type": "audio/wav", ...TOO_LONG };
      await expectRejection("x", TOO_LARGE, { isolate, headers });
      expect(r2).toEqual({});
    });

    it("is 400 when the connection breaks during an upload without a Content-Length", async () => {
      const body = new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(1000));
          controller.error(new Error("connection lost"));
        },
      });
      await expectRejection(body, INTERRUPTED);
    });

    it("is 400 when the connection breaks during an upload with a Content-Length", async () => {
      const bytes = new Uint8Array(await fixture("speech.wav"));
      const headers = { "Content-Type": "audio/wav", "Content-Length": `${bytes.byteLength}` };
      await expectRejection(brokenOff(bytes, 100_000), INTERRUPTED, { headers });
    });

    it("is 422, not 413, for a body of exactly 20 MiB that is not audio", async () => {
      await expectRejection(new Uint8Array(MAX_UPLOAD_BYTES), NOT_AUDIO);
    });

    it.each([
      ["text", "This is no audio."],
      ["an HTML page", "<!doctype html><script>alert(1)</script>".repeat(100)],
      ["noise", Uint8Array.from({ length: 60_000 }, (_, index) => (index * index * 31 + index * 7) >> 3)],
    ])("is 422 for %s", async (_fact, body) => {
      await expectRejection(body, NOT_AUDIO);
    });

    it.each([
      ["CAF", "CAF", "caff\0\x01\0\0desc"],
      ["AMR", "AMR", "#!AMR\n"],
      ["a WAV of Speex", "Speex in WAV", waveHeader("\x09\xa1")],
      ["a WAV of an unknown codec", "Codec 0x0101 in WAV", waveHeader("\x01\x01")],
    ])("is 422 for %s, and names the format and what to send", async (_what, format, head) => {
      const error = `${format} recordings are not supported. Send WAV, MP3, M4A, FLAC, Ogg, WebM or AIFF instead.`;
      await expectRejection(inLatin1(head), { status: 422, error });
    });

    it("is 422 for a picture, and says what it is", async () => {
      const error =
        "File is not a valid audio file: it is a PNG image. Send WAV, MP3, M4A, FLAC, Ogg, WebM or AIFF.";
      await expectRejection(inLatin1("\x89PNG\r\n\x1a\n"), { status: 422, error });
    });

    it("is 422 with the duration in the message for a recording shorter than 10 seconds", async () => {
      const error = "Audio too short (2.1s). Minimum duration is 10 seconds.";
      await expectRejection(await fixture("short.mp3"), { status: 422, error });
    });
  });

  describe("answers a request with several errors", () => {
    const allWrong = { query: "category=OPERA", headers: {} };

    it("by 401 without a session before anything else", async () => {
      const response = await call("/api/voices/create", { method: "POST", body: "" });
      expect(response.status).toBe(401);
    });

    it("by 403 without a subscription before 400 for invalid input", async () => {
      const orgId = await givenCustomer({ active: false });
      expect((await upload(orgId, null, allWrong)).status).toBe(403);
    });

    it("by 400 for invalid input before an empty body", async () => {
      const issues = expect.any(Array);
      await expectRejection(null, { status: 400, error: "Invalid input", issues }, allWrong);
    });

    it("by 400 for an empty body before a missing Content-Type", async () => {
      await expectRejection(null, EMPTY, { headers: {} });
    });

    it("by 413 for a body over 20 MiB before 400 for a missing Content-Type", async () => {
      await expectRejection("x", TOO_LARGE, { headers: TOO_LONG });
    });

    it.each([
      ["an empty body", null, {}, EMPTY],
      ["413 for a body over 20 MiB", "x", TOO_LONG, TOO_LARGE],
    ])("by %s before 400 for a form", async (_what, body, headers, rejection) => {
      await expectRejection(body, rejection, {
        headers: { "Content-Type": "multipart/form-data", ...headers },
      });
    });

    it("by 400 for a missing Content-Type before 422 for invalid audio", async () => {
      await expectRejection(new Uint8Array(8), UNTYPED, { headers: {} });
    });
  });
});

/** The recording after `header`. */
const behind = async (header: string, recording = "speech.mp3", footer = ""): Promise<ArrayBuffer> =>
  new Blob([header, await fixture(recording), footer]).arrayBuffer();

/** The recording in a form, as curl -F sends it. */
const inForm = (recording: string, lineEnd = "\r\n"): Promise<ArrayBuffer> => {
  const lines = [
    "--boundary",
    'Content-Disposition: form-data; name="file"',
    "Content-Type: audio/mpeg",
    "",
    "",
  ];
  return behind(lines.join(lineEnd), recording, `${lineEnd}--boundary--${lineEnd}`);
};

/** curl -d removes NUL, CR and LF from a file. */
const stripped = async (): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await fixture("speech.mp3")).filter((byte) => ![0x00, 0x0a, 0x0d].includes(byte));

/** The header of a WAV whose format tag has these two bytes. */
function waveHeader(tag: string): string {
  const format = `${tag}\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0`;
  return `RIFF\0\0\0\0WAVEfmt \x10\0\0\0${format}data\0\0\0\0`;
}

/** The bytes of `text`, and further ones. */
function inLatin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(20_000);
  bytes.set(Array.from(text, (letter) => letter.charCodeAt(0)));
  return bytes;
}
