// WebM and Matroska files whose codec, format or encoding is not supported.
import { describe, expect, it } from "vitest";
import { bytesOf, u32 } from "../../../bench/hostile-recordings/bytes.ts";
import { probeBytes } from "../memory-source.ts";
import {
  cluster,
  element,
  segment,
  simpleBlock,
  sound,
  stripping,
  trackEntry,
  tracks,
} from "./matroska-parts.ts";

describe("Matroska", () => {
  const pcm = (format: Parameters<typeof sound>[0]) =>
    tracks(trackEntry("A_PCM/INT/LIT", { more: sound(format) }));
  const configured = (codec: string, config: Uint8Array) =>
    tracks(trackEntry(codec, { more: element(0x63a2, config) }));
  const alacCookie = (samples: number, rate: number) => bytesOf(u32(samples), new Uint8Array(16), u32(rate));

  it.each([
    ["an unsupported codec", tracks(trackEntry("A_DTS"))],
    ["a codec named like a built-in property", tracks(trackEntry("constructor"))],
    ["a rate of 1 Hz", pcm({ rate: 1 })],
    ["a rate that is not a number", pcm({ rate: Number.NaN })],
    ["no channels", pcm({ channels: 0 })],
    ["no bits", pcm({ bits: 0 })],
    ["AAC at 1 Hz", configured("A_AAC", bytesOf(0x17, 0x80, 0x00, 0x00, 0x88))],
    ["an unsupported AAC object type", configured("A_AAC", bytesOf(0xf9, 0x48, 0x60))],
    ["ALAC frames of 2^32 samples", configured("A_ALAC", alacCookie(2 ** 32 - 1, 8000))],
    ["ALAC at 1 Hz", configured("A_ALAC", alacCookie(4096, 1))],
    ["no Vorbis headers", configured("A_VORBIS", new Uint8Array(600).fill(255))],
    ["truncated Vorbis headers", configured("A_VORBIS", bytesOf(2))],
    ["no CodecPrivate of Vorbis", tracks(trackEntry("A_VORBIS"))],
    ["invalid MPEG frames", tracks(trackEntry("A_MPEG/L3"))],
    ["invalid AC-3 frames", tracks(trackEntry("A_AC3"))],
    ["invalid FLAC frames", tracks(trackEntry("A_FLAC"))],
    ["zlib compression", tracks(trackEntry("A_OPUS", { more: stripping(bytesOf(1), 0) }))],
    [
      "more stripped from each frame than it has",
      tracks(trackEntry("A_OPUS", { more: stripping(new Uint8Array(60)) })),
    ],
    [
      "two encodings",
      tracks(trackEntry("A_OPUS", { more: bytesOf(stripping(bytesOf(1)), stripping(bytesOf(1))) })),
    ],
    ["encryption", tracks(trackEntry("A_OPUS", { more: element(0x6240, element(0x5033, 1)) }))],
  ])("a WebM with %s is unsupported", async (_flaw, description) => {
    const bytes = segment(description, cluster(simpleBlock(0, new Uint8Array(40)), simpleBlock(0, 1)));
    expect(await probeBytes(bytes)).toMatchObject({ kind: "unsupported" });
  });
});
