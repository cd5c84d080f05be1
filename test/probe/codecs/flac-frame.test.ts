// FLAC frame headers.
import { describe, expect, it } from "vitest";
import { bytesOf } from "../../../bench/hostile-recordings/bytes.ts";
import { crc8 } from "../../../bench/hostile-recordings/flac-crc.ts";
import { flacFrameSamples } from "../../../src/probe/codecs/flac-frame.ts";

describe("flacFrameSamples", () => {
  const seal = (...bytes: number[]) => bytesOf(...bytes, crc8(bytesOf(...bytes)));

  it.each([
    ["a block size by code 1", seal(0xff, 0xf8, 0x10, 0x08, 0), 192],
    ["a block size by code 5", seal(0xff, 0xf8, 0x59, 0x08, 0), 4608],
    ["a block size by code 15", seal(0xff, 0xf8, 0xf9, 0x08, 0), 32_768],
    ["a block size of one byte", seal(0xff, 0xf8, 0x69, 0x08, 0, 16), 17],
    ["a block size and a rate of two bytes", seal(0xff, 0xf8, 0x7d, 0x08, 0, 1, 0, 0x1f, 0x40), 257],
    ["a sample number of seven bytes", seal(0xff, 0xf9, 0xc9, 0x08, 0xfe, ...Array(6).fill(0x80)), 4096],
  ])("a FLAC frame header with %s states its samples", (_form, bytes, samples) => {
    expect(flacFrameSamples(bytes)).toBe(samples);
  });

  it.each([
    ["no sync code", seal(0xff, 0xfa, 0xc9, 0x08, 0)],
    ["a reserved block size", seal(0xff, 0xf8, 0x09, 0x08, 0)],
    ["an invalid rate", seal(0xff, 0xf8, 0xcf, 0x08, 0)],
    ["reserved channels", seal(0xff, 0xf8, 0xc9, 0xb8, 0)],
    ["a reserved sample size", seal(0xff, 0xf8, 0xc9, 0x06, 0)],
    ["a reserved bit", seal(0xff, 0xf8, 0xc9, 0x09, 0)],
    ["an invalid coded number", seal(0xff, 0xf8, 0xc9, 0x08, 0x80)],
    ["a truncated coded number", seal(0xff, 0xf8, 0xc9, 0x08, 0xc2, 0x00)],
    ["a wrong CRC-8", bytesOf(seal(0xff, 0xf8, 0xc9, 0x08, 0).slice(0, -1), 1)],
    ["its end missing", seal(0xff, 0xf8, 0xc9, 0x08, 0).slice(0, -1)],
    ["no bytes", bytesOf()],
  ])("a FLAC frame header with %s is invalid", (_flaw, bytes) => {
    expect(flacFrameSamples(bytes)).toBe(0);
  });
});
