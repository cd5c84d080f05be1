// The header of a FLAC frame (RFC 9639 section 9.1) and the CRC-16 that closes one. Its callers move; this only looks.

/** A FLAC frame as its header tells it. A rate or sample size of 0 is left to STREAMINFO. */
export interface FlacFrame {
  samples: number;
  sampleRate: number;
  channels: number;
  bitsPerSample: number;
  /** Of the frame or, where block sizes vary, of its first sample. */
  number: number;
  /** What the frame after it has. */
  nextNumber: number;
  headerBytes: number;
}

/** Sync, four codes, a number of up to seven bytes, block size, rate and CRC-8. */
export const MAX_FLAC_HEADER_BYTES = 16;
/** The smallest header, one constant of four bits in a subframe, and the CRC-16: no frame is smaller. */
export const LEAST_FLAC_FRAME_BYTES = 10;

const SAMPLE_RATES = [
  0, 88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000,
];
const SAMPLE_BITS = [0, 8, 12, -1, 16, 20, 24, 32];
const STEREO_DECORRELATIONS = 3;

const CRC_8 = Uint8Array.from({ length: 256 }, (_, byte) => crcOf(byte, 8, 0x07));
/** One step: `crc = ((crc << 8) & 0xffff) ^ FLAC_CRC_16[(crc >> 8) ^ byte]`. Over a whole frame it comes to 0. */
export const FLAC_CRC_16 = Uint16Array.from({ length: 256 }, (_, byte) => crcOf(byte, 16, 0x8005));

function crcOf(byte: number, width: number, polynomial: number): number {
  let crc = byte << (width - 8);
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ ((crc >> (width - 1)) & 1 ? polynomial : 0);
  return crc & (2 ** width - 1);
}

/** How many samples (per channel) the FLAC frame holds that `bytes` begins with; 0 when no frame header is there. */
export const flacFrameSamples = (bytes: Uint8Array): number => flacFrame(bytes)?.samples ?? 0;

/** The frame whose header stands at `at`, or null when none does: sync, reserved codes and CRC-8 are all checked. */
export function flacFrame(bytes: Uint8Array, at = 0): FlacFrame | null {
  const byteAt = (offset: number) => bytes[at + offset] ?? 0;
  const sizeCode = byteAt(2) >> 4;
  const rateCode = byteAt(2) & 0xf;
  const channelCode = byteAt(3) >> 4;
  const bitsPerSample = SAMPLE_BITS[(byteAt(3) >> 1) & 7] ?? -1;
  if (byteAt(0) !== 0xff || (byteAt(1) & 0xfe) !== 0xf8) return null;
  if (sizeCode === 0 || rateCode === 15 || channelCode > 7 + STEREO_DECORRELATIONS) return null;
  if (bitsPerSample < 0 || byteAt(3) & 1) return null;

  // The number is coded like UTF-8, in up to seven bytes.
  const first = byteAt(4);
  const numberBytes = first < 0x80 ? 1 : Math.clz32(~(first << 24));
  if (first >= 0x80 && (numberBytes < 2 || numberBytes > 7)) return null;
  let number = first < 0x80 ? first : first & (0x7f >> numberBytes);
  let end = 5;
  for (; end < 4 + numberBytes; end++) {
    if (byteAt(end) >> 6 !== 2) return null;
    number = number * 64 + (byteAt(end) & 0x3f);
  }

  let samples = 256 << (sizeCode - 8);
  if (sizeCode === 1) samples = 192;
  else if (sizeCode < 6) samples = 144 << sizeCode;
  else if (sizeCode === 6) samples = byteAt(end++) + 1;
  else if (sizeCode === 7) samples = byteAt(end++) * 256 + byteAt(end++) + 1;

  let sampleRate = SAMPLE_RATES[rateCode] ?? 0;
  if (rateCode === 12) sampleRate = byteAt(end++) * 1000;
  else if (rateCode > 12) sampleRate = (byteAt(end++) * 256 + byteAt(end++)) * (rateCode === 14 ? 10 : 1);

  if (at + end >= bytes.length) return null;
  let crc = 0;
  for (let offset = 0; offset <= end; offset++) crc = CRC_8[crc ^ byteAt(offset)] ?? 0;
  if (crc !== 0) return null;
  const channels = channelCode > 7 ? 2 : channelCode + 1;
  const variesBlockSize = (byteAt(1) & 1) === 1;
  const nextNumber = number + (variesBlockSize ? samples : 1);
  return { samples, sampleRate, channels, bitsPerSample, number, nextNumber, headerBytes: end + 1 };
}
