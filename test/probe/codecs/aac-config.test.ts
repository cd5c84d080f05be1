// The AudioSpecificConfig of AAC, bit by bit.
import { expect, it } from "vitest";
import { parseAacConfig } from "../../../src/probe/codecs/aac-config.ts";

/** Bytes of the bits, which spaces may divide. */
const bytesOfBits = (bits: string) =>
  Uint8Array.from(bits.replaceAll(" ", "").match(/.{1,8}/g) ?? [], (byte) =>
    Number.parseInt(byte.padEnd(8, "0"), 2),
  );
const [LC, SBR, PS, LD, ELD, ER_LC] = ["00010", "00101", "11101", "10111", "11111 000111", "10001"];
const [KHZ_48, KHZ_24, KHZ_22] = ["0011", "0110", "0111"];
const [MONO, STEREO] = ["0001", "0010"];
const [SBR_SYNC, PS_SYNC] = ["01010110111 00101", "10101001000"];

it.each([
  ["LC", `${LC} ${KHZ_24} ${STEREO} 000`, 24_000, 1024, 24_000, 2],
  ["LC with frames of 960 samples", `${LC} ${KHZ_24} ${STEREO} 100`, 24_000, 960, 24_000, 2],
  ["error-resilient LC", `${ER_LC} ${KHZ_24} ${MONO} 000`, 24_000, 1024, 24_000, 1],
  ["LD", `${LD} ${KHZ_48} ${MONO} 000`, 48_000, 512, 48_000, 1],
  ["LD with frames of 480 samples", `${LD} ${KHZ_48} ${MONO} 100`, 48_000, 480, 48_000, 1],
  ["ELD", `${ELD} ${KHZ_48} ${STEREO} 000`, 48_000, 512, 48_000, 2],
  ["ELD with frames of 480 samples", `${ELD} ${KHZ_48} ${STEREO} 100`, 48_000, 480, 48_000, 2],
  ["7.1 channels", `${LC} ${KHZ_48} 0111 000`, 48_000, 1024, 48_000, 8],
  ["SBR before its core", `${SBR} ${KHZ_24} ${STEREO} ${KHZ_48} ${LC} 000`, 24_000, 1024, 48_000, 2],
  [
    "SBR that does not state whether one channel is two",
    `${SBR} ${KHZ_24} ${MONO} ${KHZ_48} ${LC} 000`,
    24_000,
    1024,
    48_000,
    2,
  ],
  ["parametric stereo", `${PS} ${KHZ_24} ${MONO} ${KHZ_48} ${LC} 000`, 24_000, 1024, 48_000, 2],
  ["SBR at the core's rate", `${SBR} ${KHZ_48} ${STEREO} ${KHZ_48} ${LC} 000`, 48_000, 1024, 48_000, 2],
  ["SBR behind its core", `${LC} ${KHZ_24} ${STEREO} 000 ${SBR_SYNC} 1 ${KHZ_48}`, 24_000, 1024, 48_000, 2],
  [
    "SBR behind its core that is absent",
    `${LC} ${KHZ_24} ${MONO} 000 ${SBR_SYNC} 0 0000`,
    24_000,
    1024,
    24_000,
    1,
  ],
  [
    "both behind their core",
    `${LC} ${KHZ_24} ${MONO} 000 ${SBR_SYNC} 1 ${KHZ_48} ${PS_SYNC} 1`,
    24_000,
    1024,
    48_000,
    2,
  ],
  [
    "SBR without parametric stereo behind its core",
    `${LC} ${KHZ_24} ${MONO} 000 ${SBR_SYNC} 1 ${KHZ_48} ${PS_SYNC} 0`,
    24_000,
    1024,
    48_000,
    1,
  ],
  ["a rate of its own", `${LC} 1111 000000000010000000000001 ${MONO} 000`, 8193, 1024, 8193, 1],
  // Front: one and a pair; side: none; back: a pair; one low-frequency channel.
  [
    "channels of its own",
    `${LC} ${KHZ_22} 0000 000 0000 01 0111 0010 0000 0001 01 000 0000 000 0 0000 1 0000 1 0000`,
    22_050,
    1024,
    22_050,
    6,
  ],
  ["no bits", "", 96_000, 0, 96_000, 0],
])(
  "an AAC configuration of %s states frame and decoded audio",
  (_what, bits, sampleRate, frameSamples, outputSampleRate, channels) => {
    expect(parseAacConfig(bytesOfBits(bits))).toMatchObject({
      sampleRate,
      frameSamples,
      outputSampleRate,
      channels,
    });
  },
);
