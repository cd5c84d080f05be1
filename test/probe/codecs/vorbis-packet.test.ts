// Vorbis packets and the headers that they depend on.
import { describe, expect, it } from "vitest";
import { bytesOf, u32le } from "../../../bench/hostile-recordings/bytes.ts";
import {
  createVorbisPacketCounter,
  parseVorbisIdentification,
  parseVorbisModes,
} from "../../../src/probe/codecs/vorbis-packet.ts";

const identification = ({ rate = 44_100, blockSizes = 0xb8 } = {}) =>
  bytesOf(1, "vorbis", u32le(0), 1, u32le(rate), new Uint8Array(12), blockSizes, 1);

/** The end of a setup header: `before` bits, the modes by their block flags, the framing bit. */
function setupTail(flags: boolean[], before = 13): Uint8Array {
  const bits = [
    ...Array.from({ length: before }, () => 1),
    ...Array.from({ length: 6 }, (_, bit) => ((flags.length - 1) >> bit) & 1),
    ...flags.flatMap((flag, mode) => [
      flag ? 1 : 0,
      ...new Array<number>(32).fill(0),
      ...Array.from({ length: 8 }, (_, bit) => (mode >> bit) & 1),
    ]),
    1,
  ];
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [at, bit] of bits.entries()) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (at & 7));
  return bytes;
}

describe("parseVorbisIdentification", () => {
  it("a Vorbis identification header states the channels, the rate and both block sizes", () => {
    expect(parseVorbisIdentification(identification())).toEqual({
      channels: 1,
      sampleRate: 44_100,
      blockSizes: [256, 2048],
    });
  });

  it.each([
    ["a rate of 1 Hz", identification({ rate: 1 })],
    ["blocks below 64 samples", identification({ blockSizes: 0x85 })],
    ["blocks above 8192 samples", identification({ blockSizes: 0xe8 })],
    ["short blocks longer than the long ones", identification({ blockSizes: 0x8b })],
    ["its end missing", identification().slice(0, 29)],
    ["another packet type", bytesOf(3, identification().slice(1))],
  ])("a Vorbis identification header with %s is invalid", (_flaw, packet) => {
    expect(parseVorbisIdentification(packet)).toBeNull();
  });
});

describe("parseVorbisModes", () => {
  it.each([[[true]], [[false, true]], [[true, false, true, true]], [new Array<boolean>(64).fill(true)]])(
    "the modes of a Vorbis setup header are read from its end: %j",
    (flags) => {
      for (const before of [0, 3, 200]) expect(parseVorbisModes(setupTail(flags, before))).toEqual(flags);
    },
  );

  it.each([
    ["no bytes", new Uint8Array()],
    ["zeros", new Uint8Array(512)],
    ["ones", new Uint8Array(512).fill(255)],
  ])("a Vorbis setup header of %s has no modes", (_kind, tail) => {
    expect(parseVorbisModes(tail)).toBeNull();
  });
});

it("a Vorbis packet yields a quarter of its block and of the previous one", () => {
  const samples = createVorbisPacketCounter({ blockSizes: [256, 2048] }, [false, true]);
  const [short, long, header] = [0b00, 0b10, 0b01];
  expect([long, long, short, short, header, long].map((byte) => samples(byte, 9))).toEqual([
    0, 1024, 576, 128, 0, 576,
  ]);
  expect(samples(long, 0)).toBe(0);
});

it("a Vorbis packet of an undefined mode yields nothing", () => {
  const samples = createVorbisPacketCounter({ blockSizes: [256, 2048] }, [false, true, true]);
  expect([0b10, 0b110, 0b10].map((byte) => samples(byte, 9))).toEqual([0, 0, 1024]);
});
