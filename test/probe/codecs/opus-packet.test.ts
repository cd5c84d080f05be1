// Opus packets.
import { expect, it } from "vitest";
import { opusPacketSamples } from "../../../src/probe/codecs/opus-packet.ts";

const toc = (configuration: number, code: number) => configuration * 8 + code;

it.each([
  ["SILK, 10 ms", [toc(0, 0)], 20, 480],
  ["SILK, 60 ms", [toc(11, 0)], 20, 2880],
  ["hybrid, 20 ms", [toc(15, 0)], 20, 960],
  ["CELT, 2.5 ms", [toc(16, 0)], 20, 120],
  ["CELT, 20 ms, stereo", [toc(31, 0) + 4], 20, 960],
  ["two frames of one size", [toc(31, 1)], 21, 1920],
  ["two frames of two sizes", [toc(31, 2), 3], 20, 1920],
  ["three frames, as Chromium packs them", [toc(31, 3), 0x83], 20, 2880],
  ["48 frames of 2.5 ms", [toc(16, 3), 48], 200, 5760],
  ["two frames of 60 ms", [toc(3, 1)], 21, 5760],
  ["a frame that was not transmitted", [toc(3, 0)], 1, 2880],
])("an Opus packet with %s has its samples counted", (_kind, head, length, samples) => {
  expect(opusPacketSamples(new Uint8Array(head), length)).toBe(samples);
});

it.each([
  ["no bytes", [], 0],
  ["no frame count", [toc(31, 3)], 1],
  ["a frame count of 0", [toc(31, 3), 0], 20],
  ["more than 120 ms", [toc(3, 3), 3], 20],
  ["63 frames", [toc(16, 3), 63], 200],
  ["two frames of one size in an odd number of bytes", [toc(31, 1)], 20],
  ["a frame above 1275 bytes", [toc(31, 0)], 1277],
])("an Opus packet with %s holds no samples", (_flaw, head, length) => {
  expect(opusPacketSamples(new Uint8Array(head), length)).toBe(0);
});
