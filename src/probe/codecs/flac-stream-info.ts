// The STREAMINFO metadata block of FLAC (RFC 9639 section 8.2), which native FLAC, Ogg, Matroska and MPEG-4 all carry.

export interface FlacStreamInfo {
  minBlockSamples: number;
  maxBlockSamples: number;
  sampleRate: number;
  channels: number;
  bitsPerSample: number;
  /** 0 when the encoder did not know. */
  totalSamples: number;
}

/** "fLaC", before the first metadata block (RFC 9639 section 6). */
export const FLAC_MARKER_BYTES = 4;
/** RFC 9639 section 8.1. */
export const FLAC_BLOCK_HEADER_BYTES = 4;
export const STREAM_INFO_BYTES = 34;

/** Reads the content of the block at `at`, of which {@link STREAM_INFO_BYTES} must be there. */
export const parseFlacStreamInfo = (view: DataView, at = 0): FlacStreamInfo => ({
  minBlockSamples: view.getUint16(at),
  maxBlockSamples: view.getUint16(at + 2),
  // 20 bits of rate, 3 of channels, 5 of sample size and 36 of total samples.
  sampleRate: view.getUint32(at + 10) >>> 12,
  channels: ((view.getUint8(at + 12) >> 1) & 7) + 1,
  bitsPerSample: ((view.getUint16(at + 12) >> 4) & 0x1f) + 1,
  totalSamples: (view.getUint8(at + 13) & 0xf) * 2 ** 32 + view.getUint32(at + 14),
});
