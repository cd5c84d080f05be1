// MPEG audio frame headers.
import { describe, expect, it } from "vitest";
import { parseMpegFrameHeader } from "../../../src/probe/codecs/mpeg-frame.ts";

describe("parseMpegFrameHeader", () => {
  it.each([
    ["MPEG 1 layer III, padded", 0xfffb9264, 418, 1152, 44_100],
    ["MPEG 1 layer II", 0xfffda404, 576, 1152, 48_000],
    ["MPEG 1 layer I, padded", 0xffff9204, 316, 384, 44_100],
    ["MPEG 2 layer III", 0xfff38064, 208, 576, 22_050],
    ["MPEG 2 layer II", 0xfff58404, 384, 1152, 24_000],
    ["MPEG 2 layer I", 0xfff78804, 384, 384, 16_000],
    ["MPEG 2.5 layer III", 0xffe318c4, 72, 576, 8000],
    ["the free format", 0xfffb0064, 0, 1152, 44_100],
  ])(
    "an MPEG frame header of %s states its length, samples and rate",
    (_kind, header, frameBytes, samples, sampleRate) => {
      expect(parseMpegFrameHeader(header)).toMatchObject({ frameBytes, samples, sampleRate });
    },
  );

  it.each([
    ["no sync word", 0xffdb9064],
    ["a reserved version", 0xffeb9064],
    ["a reserved layer", 0xfff99064],
    ["a forbidden bit rate", 0xfffbf064],
    ["a reserved rate", 0xfffb9c64],
    ["a reserved emphasis", 0xfffb9066],
  ])("an MPEG frame header with %s is invalid", (_flaw, header) => {
    expect(parseMpegFrameHeader(header)).toBeNull();
  });
});
