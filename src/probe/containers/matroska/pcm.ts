// Uncompressed audio in Matroska.
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
export function integerPackets(track: PcmTrack): PacketCodec | null {
  const { bitDepth } = track;
  if (bitDepth === 0 || bitDepth > MAX_INTEGER_BITS) return null;
  return samplePackets("PCM", track, bitDepth === 8 ? 1 : Math.max(2, Math.ceil(bitDepth / 8)));
}

/** Null for a sample size that floats cannot have. */
export const floatPackets = (track: PcmTrack): PacketCodec | null =>
  FLOAT_BITS.has(track.bitDepth) ? samplePackets("IEEE float", track, track.bitDepth / 8) : null;

/** Counts whole samples of every channel. */
function samplePackets(codec: string, track: PcmTrack, sampleBytes: number): PacketCodec | null {
  const { samplingFrequency, channels, bitDepth } = track;
  const frameBytes = channels * sampleBytes;
  if (!isSupportedSampleRate(samplingFrequency) || !(frameBytes > 0)) return null;
  return {
    facts: { codec, sampleRateHz: samplingFrequency, channels, bitsPerSample: bitDepth },
    frameSeconds: (_, length) => Math.floor(length / frameBytes) / samplingFrequency,
  };
}
