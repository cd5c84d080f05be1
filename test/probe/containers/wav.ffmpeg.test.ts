// WAVE files made by ffmpeg, against what ffmpeg decodes.
import { describe, expect, it } from "vitest";
import { bytesOf, u16le, u32le } from "../../../bench/hostile-recordings/bytes.ts";
import { WAV_ENCODINGS } from "../../../scripts/recording-fixtures/encodings/wav.ts";
import { decodedSeconds, recordPiped } from "../../../scripts/recording-fixtures/ffmpeg.ts";
import { itMatchesFfmpeg } from "../matches-ffmpeg.ts";
import { durationOf, probeBytes } from "../memory-source.ts";
import { randomBytes } from "../random-bytes.ts";

const WAV = { kind: "audio", container: "WAVE", contentType: "audio/wav" };

/** A WAV of `blocks` blocks: `head` and random bytes in each. */
function wav(
  tag: number,
  { bits = 4, channels = 1, blockAlign = 1, bytesPerSecond = 4000, blocks = 96_000, head = new Uint8Array() },
): Uint8Array<ArrayBuffer> {
  const body = (seed: number) => randomBytes(blockAlign, seed).subarray(head.length);
  const data = Buffer.concat(Array.from({ length: blocks }, (_, seed) => Buffer.concat([head, body(seed)])));
  const format = [u16le(tag), u16le(channels), u32le(8000), u32le(bytesPerSecond), u16le(blockAlign)];
  const fmt = bytesOf("fmt ", u32le(16), ...format, u16le(bits));
  return bytesOf("RIFF", u32le(0), "WAVE", fmt, "data", u32le(data.length), new Uint8Array(data));
}
const IMA_HEADER = [0, 0, 10, 0];

describe("WAVE", () => {
  // No encoder writes these, but ffmpeg decodes any bytes in them.
  it.each([
    ["24 bits in blocks of four bytes", wav(0x01, { bits: 24, blockAlign: 4 })],
    ["12-bit PCM", wav(0x01, { bits: 12, blockAlign: 2 })],
    ["64-bit PCM", wav(0x01, { bits: 64, blockAlign: 8 })],
    ["A-law with 16 bits", wav(0x06, { bits: 16, blockAlign: 2 })],
    ["µ-law with 14 bits", wav(0x07, { bits: 14 })],
    ["OKI ADPCM", wav(0x10, {})],
    ["OKI ADPCM in stereo", wav(0x17, { channels: 2 })],
    ["Yamaha ADPCM with no bits", wav(0x20, { bits: 0, channels: 2 })],
    ["TrueSpeech", wav(0x22, { bits: 1, blockAlign: 32, blocks: 500 })],
    ["GSM 6.10 with 16 bits", wav(0x31, { bits: 16, blockAlign: 65, blocks: 500 })],
    ["GSM 6.10 of ACM", wav(0x1500, { bits: 0, blockAlign: 65, blocks: 500 })],
    ["G.722 with 16 bits", wav(0x28f, { bits: 16, blockAlign: 2 })],
    ["G.726 with no bits", wav(0x45, { bits: 0, bytesPerSecond: 4000 })],
    ["G.726 with 16 bits", wav(0x64, { bits: 16, bytesPerSecond: 4000 })],
    ["G.726 with fewer bits than its byte rate", wav(0x14, { bits: 2, bytesPerSecond: 4000 })],
    ["G.729", wav(0x83, { bits: 1, blockAlign: 10, blocks: 1500 })],
    ["G.729 in stereo", wav(0x83, { bits: 1, channels: 2, blockAlign: 20, blocks: 1500 })],
    ["Creative ADPCM", wav(0x200, {})],
    ...[0, 2, 3, 4, 5].map((bits) => {
      const head = bytesOf(IMA_HEADER);
      return [
        `IMA ADPCM with ${bits} bits`,
        wav(0x11, { bits, head, blockAlign: 264, blocks: 100 }),
      ] as const;
    }),
    ...[3, 4].map((bits) => {
      const head = bytesOf(IMA_HEADER, IMA_HEADER);
      const stereo = { bits, channels: 2, head, blockAlign: 512, blocks: 100 };
      return [`IMA ADPCM with ${bits} bits in stereo`, wav(0x11, stereo)] as const;
    }),
  ] as const)("a WAV of %s is as long as ffmpeg decodes it", async (_what, bytes) => {
    expect(await durationOf(bytes)).toBeCloseTo(decodedSeconds(bytes), 2);
  });

  itMatchesFfmpeg("a WAV", WAV_ENCODINGS);

  it("a WAV written to a pipe, with unknown sizes, has its full length", async () => {
    const result = await probeBytes(recordPiped(12.34, "-f", "wav"));
    expect(result).toMatchObject({ ...WAV, durationSeconds: expect.closeTo(12.34, 2) });
  });
});
