// POST /api/voices/create: which content it rejects: forms around a file, what is no audio or not supported, and short
// recordings.
import { afterEach, describe, expect, it } from "vitest";
import { newCountingIsolate } from "../support/call.ts";
import { fixture, resetPolar } from "../support/fixtures.ts";
import { expectRejection, NOT_AUDIO, WRAPPED } from "./expect-rejection.ts";

const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;

afterEach(resetPolar);

describe("POST /api/voices/create", () => {
  describe("stores nothing and", () => {
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
