// FLAC frames: the frame header (RFC 9639 section 9.1) and the CRC-16 of the footer (section 9.3).

/** A frame header. A sample rate or sample size of 0 means that STREAMINFO has it. */
export interface FlacFrameHeader {
  /** Per channel. */
  samples: number;
  sampleRate: number;
  channels: number;
  bitsPerSample: number;
  /** Of the frame or, where block sizes vary, of its first sample (section 9.1.5). */
  codedNumber: number;
  /** The coded number of the frame that follows. */
  nextCodedNumber: number;
  headerBytes: number;
}

/** Sync code and flags, a coded number of up to seven bytes, block size, sample rate and CRC-8. */
export const MAX_FLAC_FRAME_HEADER_BYTES = 16;
/** The smallest header, one subframe that is a constant of four bits, and the CRC-16. */
export const MIN_FLAC_FRAME_BYTES = 10;

/** By code (section 9.1.1); 0 where the code is reserved or the size follows the coded number. */
const BLOCK_SIZES: readonly number[] = [
  0, 192, 576, 1152, 2304, 4608, 0, 0, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768,
];
const BLOCK_SIZE_CODE = { reserved: 0, uncommon8Bit: 6, uncommon16Bit: 7 } as const;
/** By code (section 9.1.2), in Hz; 0 is left to STREAMINFO, and further codes put the rate after the header. */
const SAMPLE_RATES: readonly number[] = [
  0, 88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000,
];
const SAMPLE_RATE_CODE = { kilohertz8Bit: 12, hertz16Bit: 13, tensOfHertz16Bit: 14, forbidden: 15 } as const;
/** By code (section 9.1.4); 0 is left to STREAMINFO, -1 is reserved. */
const BITS_PER_SAMPLE: readonly number[] = [0, 8, 12, -1, 16, 20, 24, 32];
/** Section 9.1.3: eight channel counts, then left/side, side/right and mid/side stereo. */
const CHANNEL_CODE = { maxIndependent: 7, maxStereo: 10 } as const;

const CODED_NUMBER_AT = 4;
const MAX_CODED_NUMBER_BYTES = 7;

/** Polynomials of sections 9.1.8 and 9.3. */
const CRC_8 = Uint8Array.from({ length: 256 }, (_, byte) => crcOf(byte, 8, 0x07));
/** One step: `crc = ((crc << 8) & 0xffff) ^ FLAC_CRC_16[(crc >> 8) ^ byte]`. Over a whole frame the result is 0. */
export const FLAC_CRC_16 = Uint16Array.from({ length: 256 }, (_, byte) => crcOf(byte, 16, 0x8005));

function crcOf(byte: number, width: number, polynomial: number): number {
  let crc = byte << (width - 8);
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ ((crc >> (width - 1)) & 1 ? polynomial : 0);
  return crc & (2 ** width - 1);
}

/** Samples per channel of the frame that starts `bytes`; 0 when there is no valid frame header. */
export const flacFrameSamples = (bytes: Uint8Array): number => parseFlacFrameHeader(bytes)?.samples ?? 0;

/** Parses the frame header at `at`. Returns null unless sync code, reserved values and CRC-8 are all valid. */
export function parseFlacFrameHeader(bytes: Uint8Array, at = 0): FlacFrameHeader | null {
  const byteAt = (offset: number) => bytes[at + offset] ?? 0;
  const sizeCode = byteAt(2) >> 4;
  const rateCode = byteAt(2) & 0xf;
  const channelCode = byteAt(3) >> 4;
  const bitsPerSample = BITS_PER_SAMPLE[(byteAt(3) >> 1) & 7] ?? -1;
  if (byteAt(0) !== 0xff || (byteAt(1) & 0xfe) !== 0xf8) return null;
  if (sizeCode === BLOCK_SIZE_CODE.reserved || rateCode === SAMPLE_RATE_CODE.forbidden) return null;
  if (channelCode > CHANNEL_CODE.maxStereo || bitsPerSample < 0 || byteAt(3) & 1) return null;

  const numberBytes = codedNumberBytes(byteAt(CODED_NUMBER_AT));
  const codedNumber = readCodedNumber(bytes, at + CODED_NUMBER_AT, numberBytes);
  if (codedNumber < 0) return null;
  const sizeAt = CODED_NUMBER_AT + numberBytes;
  const rateAt = sizeAt + uncommonSizeBytes(sizeCode);
  const crcAt = rateAt + uncommonRateBytes(rateCode);
  if (at + crcAt >= bytes.length || crc8(bytes, at, at + crcAt + 1) !== 0) return null;

  // Sections 9.1.6 and 9.1.7: an uncommon block size, stored less one, and an uncommon sample rate.
  let samples = BLOCK_SIZES[sizeCode] ?? 0;
  if (sizeCode === BLOCK_SIZE_CODE.uncommon8Bit) samples = byteAt(sizeAt) + 1;
  else if (sizeCode === BLOCK_SIZE_CODE.uncommon16Bit)
    samples = byteAt(sizeAt) * 256 + byteAt(sizeAt + 1) + 1;
  let sampleRate = SAMPLE_RATES[rateCode] ?? 0;
  if (rateCode === SAMPLE_RATE_CODE.kilohertz8Bit) sampleRate = byteAt(rateAt) * 1000;
  else if (rateCode > SAMPLE_RATE_CODE.kilohertz8Bit) {
    const unitHz = rateCode === SAMPLE_RATE_CODE.tensOfHertz16Bit ? 10 : 1;
    sampleRate = (byteAt(rateAt) * 256 + byteAt(rateAt + 1)) * unitHz;
  }
  const hasVariableBlockSize = (byteAt(1) & 1) === 1;
  return {
    samples,
    sampleRate,
    channels: channelCode > CHANNEL_CODE.maxIndependent ? 2 : channelCode + 1,
    bitsPerSample,
    codedNumber,
    nextCodedNumber: codedNumber + (hasVariableBlockSize ? samples : 1),
    headerBytes: crcAt + 1,
  };
}

const uncommonSizeBytes = (code: number): number => {
  if (code === BLOCK_SIZE_CODE.uncommon8Bit) return 1;
  return code === BLOCK_SIZE_CODE.uncommon16Bit ? 2 : 0;
};

const uncommonRateBytes = (code: number): number => {
  if (code === SAMPLE_RATE_CODE.kilohertz8Bit) return 1;
  return code > SAMPLE_RATE_CODE.kilohertz8Bit ? 2 : 0;
};

/** The length of a coded number, by its first byte; 0 when that byte cannot start one. */
const codedNumberBytes = (first: number): number => {
  if (first < 0x80) return 1;
  const bytes = Math.clz32(~(first << 24));
  return bytes < 2 || bytes > MAX_CODED_NUMBER_BYTES ? 0 : bytes;
};

/** The number at `at`, coded like UTF-8 in up to seven bytes (section 9.1.5); -1 when it is malformed. */
function readCodedNumber(bytes: Uint8Array, at: number, length: number): number {
  if (length === 0) return -1;
  const first = bytes[at] ?? 0;
  if (length === 1) return first;
  let number = first & (0x7f >> length);
  for (let offset = 1; offset < length; offset++) {
    const byte = bytes[at + offset] ?? 0;
    if (byte >> 6 !== 2) return -1;
    number = number * 64 + (byte & 0x3f);
  }
  return number;
}

function crc8(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let at = start; at < end; at++) crc = CRC_8[crc ^ (bytes[at] ?? 0)] ?? 0;
  return crc;
}
