// Uncompressed audio in Matroska, and codecs whose blocks all hold the same number of samples.
import type { PacketCodec } from "../../codecs/packet-codec.ts";
import { isSupportedSampleRate } from "../../sample-rate.ts";

interface PcmTrack {
  samplingFrequency: number;
  channels: number;
  bitDepth: number;
}

/** Null when no block can be counted by these values. */
export function pcmPackets(codec: string, track: PcmTrack): PacketCodec | null {
  const { channels, bitDepth, samplingFrequency } = track;
  const blockBytes = channels * Math.ceil(bitDepth / 8);
  return blockPackets({ codec, samplingFrequency, channels, bitDepth, blockBytes, blockSamples: 1 });
}

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
