// Which uploads are taken for a form or message around a file.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { probeUpload } from "../../src/probe/probe-upload.ts";

const kindOf = async (bytes: Uint8Array<ArrayBuffer>) => {
  const read = async (offset: number, length: number) => bytes.slice(offset, offset + length);
  return (await probeUpload({ size: bytes.byteLength, read })).kind;
};

describe("probeUpload", () => {
  it.each(["fixtures", "probe/fixtures", "probe/corpus"])(
    "takes no recording of test/%s for a form",
    async (folder) => {
      const path = join(import.meta.dirname, "..", folder);
      const files = (await readdir(path)).filter((file) => /\.(?!bin$|json$)\w+$/.test(file));
      const kinds = files.map(async (file) => kindOf(new Uint8Array(await readFile(join(path, file)))));
      expect(new Set(await Promise.all(kinds))).not.toContain("wrapped");
      expect(files.length).toBeGreaterThan(10);
    },
  );

  it.each([
    ["--x\r\nContent-Type: audio/mpeg\r\n\r\n", "wrapped"],
    [`--${"x".repeat(70)}\r\ncontent-disposition: form-data\r\n\r\n`, "wrapped"],
    ['--x\r\nContent-Disposition: form-data; filename="Grabación 声.mp3"\r\n', "wrapped"],
    [`--x\r\nContent-Disposition: form-data; filename="${"ł".repeat(255)}.mp3"\r\n`, "wrapped"],
    ["\r\n--x\r\nContent-Type: audio/mpeg\r\n\r\n", "wrapped"],
    ["--x\r\nno header field\r\n\r\n", "unsupported"],
    ["--x", "unsupported"],
    ["ID3: a title\r\n", "unsupported"],
    ["Content-Type: \0\r\n", "unsupported"],
    [" Content-Type: audio/mpeg\r\n", "unsupported"],
  ])("takes a body that begins with %j for %s", async (text, kind) => {
    expect(await kindOf(Uint8Array.from(Buffer.from(text)))).toBe(kind);
  });
});
