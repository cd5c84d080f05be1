// Uncompressed audio in Matroska, and codecs whose blocks all hold the same number of samples.
import type { PacketCodec } from "../../codecs/packet-codec.ts";
import { isSupportedSampleRate } from "../../sample-rate.ts";

interface PcmTrack {
  samplingFrequency: number;
  channels: number;
  bitDepth: number;
}

const FLOAT_BITS: ReadonlySet<number> = new Set([32, 64]);
const MAX_INTEGER_BITS = 64;

/** Null for a sample size that integers cannot have. Those of eight bits alone take one byte, as players read them. */
export function integerPackets(track: PcmTrack, minBlockBytes = 0): PacketCodec | null {
  const { bitDepth } = track;
  if (bitDepth === 0 || bitDepth > MAX_INTEGER_BITS) return null;
  const sampleBytes = bitDepth === 8 ? 1 : Math.max(2, Math.ceil(bitDepth / 8));
  return samplePackets("PCM", track, sampleBytes, minBlockBytes);
}

/** Null for a sample size that floats cannot have. */
export const floatPackets = (track: PcmTrack, minBlockBytes = 0): PacketCodec | null =>
  FLOAT_BITS.has(track.bitDepth)
    ? samplePackets("IEEE float", track, track.bitDepth / 8, minBlockBytes)
    : null;

/** A sample of every channel takes at least what the container calls a block. */
export const samplePackets = (codec: string, track: PcmTrack, sampleBytes: number, minBlockBytes: number) =>
  blockPackets({
    ...track,
    codec,
    blockBytes: Math.max(track.channels * sampleBytes, minBlockBytes),
    blockSamples: 1,
  });

/** Counts whole blocks; `bitDepth` is null where samples have no whole number of bits. */
export function blockPackets(blocks: {
  codec: string;
  samplingFrequency: number;
  channels: number;
  bitDepth: number | null;
  blockBytes: number;
  /** Per channel. */
  blockSamples: number;
}): PacketCodec | null {
  const { codec, samplingFrequency, channels, bitDepth, blockBytes, blockSamples } = blocks;
  if (!isSupportedSampleRate(samplingFrequency) || !(blockBytes > 0) || !(blockSamples > 0)) return null;
  return {
    facts: { codec, sampleRateHz: samplingFrequency, channels, bitsPerSample: bitDepth },
    frameSeconds: (_, length) => (Math.floor(length / blockBytes) * blockSamples) / samplingFrequency,
  };
}
