// The Stream Properties Object of ASF (specification 1.20, sections 3.3 and 9.1): codec, rates and block layout of an
// audio stream.
import { FORMAT_TAG_NAMES } from "../../codecs/format-tags.ts";
import { parseWmaFrames } from "../../codecs/wma.ts";
import type { AudioFacts } from "../../container.ts";
import type { Reader } from "../../reader.ts";
import { isSupportedSampleRate } from "../../sample-rate.ts";
import { invalidFormat, unsupportedCodec } from "../../unsupported-audio-error.ts";
import { ASF_AUDIO_MEDIA, ASF_OBJECT_HEADER_BYTES } from "./guids.ts";
import type { BlockLayout } from "./packets.ts";

export interface AsfAudioStream extends BlockLayout {
  facts: AudioFacts;
  sampleRate: number;
  /** The average, as claimed. */
  bytesPerSecond: number;
}

/** Offsets from the start of the object. */
const STREAM_PROPERTY = {
  streamType: ASF_OBJECT_HEADER_BYTES,
  typeSpecificLength: ASF_OBJECT_HEADER_BYTES + 40,
  errorCorrectionLength: ASF_OBJECT_HEADER_BYTES + 44,
  flags: ASF_OBJECT_HEADER_BYTES + 48,
  /** WAVEFORMATEX, then the codec's own bytes. */
  waveFormat: ASF_OBJECT_HEADER_BYTES + 54,
} as const;
const STREAM_NUMBER_MASK = 0x7f;
/** Offsets in WAVEFORMATEX. */
const WAVE_FORMAT = {
  formatTag: 0,
  channels: 2,
  samplesPerSec: 4,
  avgBytesPerSec: 8,
  blockAlign: 12,
  bitsPerSample: 14,
  extraBytes: 16,
} as const;
const WAVE_FORMAT_BYTES = 18;

/** By format tag. */
const IS_LOSSLESS: ReadonlyMap<number, boolean> = new Map([
  [0x0a, false],
  [0x160, false],
  [0x161, false],
  [0x162, false],
  [0x163, true],
]);

/**
 * Reads the stream at the reader's position; undefined when it is not audio.
 * @throws {UnsupportedAudioError} when the codec or a value is not supported
 */
export async function readAudioStream(reader: Reader, maxBytes: number): Promise<AsfAudioStream | undefined> {
  const wave = STREAM_PROPERTY.waveFormat;
  await reader.require(wave);
  if (reader.u32(STREAM_PROPERTY.streamType) !== ASF_AUDIO_MEDIA) return undefined;
  await reader.require(wave + WAVE_FORMAT_BYTES);
  const formatTag = reader.u16le(wave + WAVE_FORMAT.formatTag);
  const codec = FORMAT_TAG_NAMES.get(formatTag) ?? `format tag ${formatTag}`;
  const isLossless = IS_LOSSLESS.get(formatTag);
  if (isLossless === undefined) throw unsupportedCodec(`${codec} in ASF`);
  const sampleRate = reader.u32le(wave + WAVE_FORMAT.samplesPerSec);
  const blockBytes = reader.u16le(wave + WAVE_FORMAT.blockAlign);
  if (!isSupportedSampleRate(sampleRate) || blockBytes === 0) throw invalidFormat();
  return {
    facts: {
      codec,
      sampleRateHz: sampleRate,
      channels: reader.u16le(wave + WAVE_FORMAT.channels) || null,
      bitsPerSample: isLossless ? reader.u16le(wave + WAVE_FORMAT.bitsPerSample) : null,
    },
    sampleRate,
    bytesPerSecond: reader.u32le(wave + WAVE_FORMAT.avgBytesPerSec),
    streamNumber: reader.u16le(STREAM_PROPERTY.flags) & STREAM_NUMBER_MASK,
    blockBytes,
    ...(await readFrameLayout(reader, formatTag, sampleRate, maxBytes)),
  };
}

/** How frames lie in blocks; 0 samples where frames cannot be counted, as in interleaved blocks. */
async function readFrameLayout(
  reader: Reader,
  formatTag: number,
  sampleRate: number,
  maxBytes: number,
): Promise<Pick<BlockLayout, "frameSamples" | "hasBitReservoir" | "showsSilence">> {
  const uncounted = { frameSamples: 0, hasBitReservoir: false, showsSilence: false };
  const wave = STREAM_PROPERTY.waveFormat;
  const typeSpecificBytes = reader.u32le(STREAM_PROPERTY.typeSpecificLength);
  const extraBytes = reader.u16le(wave + WAVE_FORMAT.extraBytes);
  if (typeSpecificBytes > maxBytes) return uncounted;
  const errorCorrectionAt = wave + typeSpecificBytes;
  const extraAt = wave + WAVE_FORMAT_BYTES;
  // Claimed lengths decide which of the two lies further back.
  await reader.require(Math.max(errorCorrectionAt + 1, extraAt + extraBytes));
  // Spread Audio error correction starts with its span: how many blocks are interleaved.
  const hasSpread = reader.u32le(STREAM_PROPERTY.errorCorrectionLength) > 0;
  const span = hasSpread ? reader.u8(errorCorrectionAt) : 1;
  const frames = parseWmaFrames(formatTag, reader.bytes(extraBytes, extraAt), sampleRate);
  if (!frames || span > 1) return uncounted;
  const { samples, ...blocks } = frames;
  return { frameSamples: samples, ...blocks };
}
