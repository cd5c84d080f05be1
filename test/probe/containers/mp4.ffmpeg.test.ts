// MPEG-4 and QuickTime files made by ffmpeg, against what ffmpeg decodes.
import { describe, expect, it } from "vitest";
import {
  MP4_ENCODINGS,
  PIPED_MP4_ENCODINGS,
  TRUNCATED_MP4_ENCODINGS,
} from "../../../scripts/recording-fixtures/encodings/mp4.ts";
import { ffprobeFacts, record } from "../../../scripts/recording-fixtures/ffmpeg.ts";
import { itMatchesFfprobe, itStatesFactsAsFfprobe } from "../facts-match-ffprobe.ts";
import { itMatchesFfmpeg } from "../matches-ffmpeg.ts";
import { probeBytes } from "../memory-source.ts";

describe("MPEG-4", () => {
  itMatchesFfmpeg("an MPEG-4 file", MP4_ENCODINGS);
  itMatchesFfmpeg("an MPEG-4 file", PIPED_MP4_ENCODINGS);
  itMatchesFfmpeg("an MPEG-4 file", TRUNCATED_MP4_ENCODINGS);

  it("an MPEG-4 file that lost its index at the end is unsupported", async () => {
    const indexLast = record("m4a", 12);
    expect(await probeBytes(indexLast.slice(0, indexLast.length * 0.6))).toMatchObject({
      kind: "unsupported",
    });
  });

  it("an MPEG-4 file of video only has no audio track", async () => {
    const video = record("mp4", 1, "-f", "lavfi", "-i", "testsrc=d=1:s=64x64:r=10", "-map", "1");
    expect(await probeBytes(video)).toEqual({
      kind: "unsupported",
      reason: "the recording has no audio track",
      format: null,
    });
  });

  itStatesFactsAsFfprobe("an MPEG-4 file", [...MP4_ENCODINGS, ...PIPED_MP4_ENCODINGS]);
  itMatchesFfprobe([
    ...["2", "3", "4", "5", "6", "8"].map((channels) => ["m4a", "-c:a", "aac", "-ac", channels] as const),
    ["m4a", "-af", "pan=6.1|c0=c0", "-c:a", "aac"],
    ["mp4", "-c:a", "ac3", "-ac", "6"],
    ["mp4", "-c:a", "eac3", "-ac", "6"],
    ["m4a", "-c:a", "alac", "-sample_fmt", "s16p", "-ac", "2"],
    ["mp4", "-c:a", "libvorbis", "-ac", "2"],
    ["mp4", "-c:a", "libopus", "-ac", "2"],
    ["mov", "-c:a", "mp2", "-ac", "2"],
    ["mov", "-c:a", "pcm_s8"],
    ["mov", "-c:a", "pcm_s24le", "-ar", "96000"],
    ["mov", "-c:a", "libgsm", "-ar", "8000"],
  ]);

  it("QuickTime floats at a high rate, which the format of integers describes, are floats", async () => {
    const bytes = record("mov", 0.5, "-c:a", "pcm_f32le", "-ar", "96000");
    expect(Buffer.from(bytes).includes("lpcm")).toBe(true);
    expect(await probeBytes(bytes)).toMatchObject({
      codec: "IEEE float",
      durationSeconds: 0.5,
      sampleRateHz: 96_000,
      bitsPerSample: 32,
    });
  });

  it.each([
    ["SBR", [0x2c, 0x0a, 0x88, 0, 0]],
    ["SBR and parametric stereo", [0xec, 0x0a, 0x88, 0, 0]],
    ["SBR at the core's rate", [0x2c, 0x0c, 0x08, 0, 0]],
    ["SBR that old decoders miss", [0x14, 0x08, 0x56, 0xe5, 0xa8]],
    ["SBR that is absent", [0x14, 0x08, 0x56, 0xe5, 0]],
  ])(
    "an MPEG-4 file whose configuration states %s has the rate and channels of ffprobe",
    async (_what, config) => {
      const bytes = Buffer.from(record("m4a", 0.5, "-c:a", "aac", "-ar", "16000"));
      const descriptor = Buffer.from([5, 0x80, 0x80, 0x80, config.length]);
      bytes.set(config, bytes.indexOf(descriptor) + descriptor.length);
      const { sampleRateHz, channels } = ffprobeFacts(bytes, "m4a");
      expect(await probeBytes(new Uint8Array(bytes))).toMatchObject({ codec: "AAC", sampleRateHz, channels });
    },
  );
});
