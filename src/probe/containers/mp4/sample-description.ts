// The sample description (`stsd`) of an MPEG-4 audio track: its codec, and how long its samples can last
// (ISO/IEC 14496-12 sections 8.5.2 and 12.2, QuickTime File Format "Sound Sample Descriptions").
import { readFourCc } from "../../bytes.ts";
import {
  AC3_FRAME_SAMPLES,
  MIN_AC3_FRAME_BYTES,
  MIN_EAC3_FRAME_BYTES,
  MIN_EAC3_FRAME_SAMPLES,
} from "../../codecs/ac3-frame.ts";
import { MAX_ALAC_FRAME_SAMPLES, parseAlacConfig } from "../../codecs/alac-config.ts";
import { FLAC_BLOCK_HEADER_BYTES, parseFlacStreamInfo } from "../../codecs/flac-stream-info.ts";
import {
  MAX_OPUS_PACKET_SAMPLES,
  MIN_OPUS_PACKET_SAMPLES,
  OPUS_SAMPLE_RATE,
} from "../../codecs/opus-packet.ts";
import { bitsPerSampleOf, type PcmFormat, QUICKTIME_PCM_FORMATS } from "../../codecs/quicktime-pcm.ts";
import type { Reader } from "../../reader.ts";
import { isSupportedSampleRate } from "../../sample-rate.ts";
import { invalidFormat, UnsupportedAudioError, unsupportedCodec } from "../../unsupported-audio-error.ts";
import { describeFrames, describeMpegAudio, parseEsds, type SampleDescription } from "./esds.ts";

/** An AudioSampleEntry (section 12.2.3): its fields, and its bytes for the boxes within. */
interface AudioSampleEntry {
  format: string;
  channels: number;
  bitsPerSample: number;
  sampleRate: number;
  view: DataView;
}

/** `stsd`: version and flags, then the number of entries. */
const STSD_HEADER_BYTES = 8;
const BOX_HEADER_BYTES = 8;
const FULL_BOX_BYTES = 4;
const ENTRY_BYTES = 36;
/** By version of the entry: QuickTime's versions 1 and 2 are longer. */
const EXTRA_ENTRY_BYTES: readonly number[] = [0, 16, 36];
/** Offsets in the entry, from its size field on. */
const ENTRY_FIELD = { version: 16, channels: 24, bitsPerSample: 26, sampleRate: 32 } as const;
const ENTRY_V2_FIELD = { sampleRate: 40, channels: 48, bitsPerSample: 56 } as const;
const MAX_ENTRY_BYTES = 64 * 1024;
/** Read as zeros after the entry, so that a truncated configuration does not end in an exception. */
const PADDING_BYTES = 64;

const PCM_FORMATS: Readonly<Record<string, PcmFormat>> = {
  ...QUICKTIME_PCM_FORMATS,
  lpcm: { codec: "PCM" },
  ipcm: { codec: "PCM" },
  fpcm: { codec: "IEEE float" },
};

/** Entries of MP3 without a configuration box, as QuickTime writes them. */
const MP3_FORMATS: ReadonlySet<string> = new Set([".mp3", "ms\0U"]);

const MIN_FLAC_SAMPLE_BYTES = 8;
const AMR = {
  narrowband: { codec: "AMR-NB", sampleRate: 8000, frameSamples: 160 },
  wideband: { codec: "AMR-WB", sampleRate: 16_000, frameSamples: 320 },
} as const;
/** The field frames_per_sample of `damr`. */
const AMR_FRAMES_AT = 8;
const MAX_AMR_FRAMES = 15;

/** By the box that holds a codec's configuration; `at` is the start of its payload. */
const CONFIGURATION_BOXES: Readonly<
  Record<string, (view: DataView, at: number, entry: AudioSampleEntry) => SampleDescription>
> = {
  esds: (view, at, { sampleRate }) => parseEsds(view, at + FULL_BOX_BYTES, sampleRate),
  alac: (view, at) => {
    const { frameSamples, sampleRate } = parseAlacConfig(view, at + FULL_BOX_BYTES);
    return describeFrames({
      codec: "ALAC",
      sampleRate,
      frameSamples: Math.min(frameSamples, MAX_ALAC_FRAME_SAMPLES),
      minFrameBytes: 1,
    });
  },
  // The packet's duration is bounded by the codec (RFC 6716 section 3.4), whatever rate the input had.
  dOps: () =>
    describeFrames({
      codec: "Opus",
      sampleRate: OPUS_SAMPLE_RATE,
      frameSamples: MAX_OPUS_PACKET_SAMPLES,
      minFrameSamples: MIN_OPUS_PACKET_SAMPLES,
      minFrameBytes: 1,
    }),
  // RFC 9639 section 10.3.
  dfLa: (view, at) => {
    const info = parseFlacStreamInfo(view, at + FULL_BOX_BYTES + FLAC_BLOCK_HEADER_BYTES);
    return describeFrames({
      codec: "FLAC",
      sampleRate: info.sampleRate,
      frameSamples: info.maxBlockSamples,
      minFrameSamples: info.minBlockSamples,
      minFrameBytes: MIN_FLAC_SAMPLE_BYTES,
    });
  },
  dac3: (_view, _at, { sampleRate }) =>
    describeFrames({
      codec: "AC-3",
      sampleRate,
      frameSamples: AC3_FRAME_SAMPLES,
      minFrameBytes: MIN_AC3_FRAME_BYTES,
    }),
  dec3: (_view, _at, { sampleRate }) =>
    describeFrames({
      codec: "E-AC-3",
      sampleRate,
      frameSamples: AC3_FRAME_SAMPLES,
      minFrameSamples: MIN_EAC3_FRAME_SAMPLES,
      minFrameBytes: MIN_EAC3_FRAME_BYTES,
    }),
  // 3GPP TS 26.244 section 6.7: several frames share a sample.
  damr: (view, at, { format }) => {
    const { codec, sampleRate, frameSamples } = format === "sawb" ? AMR.wideband : AMR.narrowband;
    const framesPerSample = Math.min(Math.max(view.getUint8(at + AMR_FRAMES_AT), 1), MAX_AMR_FRAMES);
    return describeFrames({
      codec,
      sampleRate,
      frameSamples: frameSamples * framesPerSample,
      minFrameSamples: frameSamples,
      minFrameBytes: 1,
    });
  },
};

/**
 * Reads the first entry of an `stsd`, whose payload starts at the reader's position. `timescale` replaces a sample
 * rate that is too high for its field.
 * @throws {UnsupportedAudioError} when the entry is truncated or invalid, or the codec is not supported
 */
export async function readSampleDescription(
  reader: Reader,
  end: number,
  timescale: number,
): Promise<SampleDescription> {
  await reader.require(STSD_HEADER_BYTES + ENTRY_BYTES);
  // In ISO files the box's version is 1 where entries are of version 1, which differs from QuickTime's (section 12.2.3).
  const isQuickTimeLayout = reader.u8() === 0;
  const statedBytes = reader.u32(STSD_HEADER_BYTES);
  const entryBytes = Math.min(statedBytes, MAX_ENTRY_BYTES, end - reader.position - STSD_HEADER_BYTES);
  if (entryBytes < ENTRY_BYTES) throw new UnsupportedAudioError("the sample description is truncated");
  await reader.require(STSD_HEADER_BYTES + entryBytes);
  const bytes = new Uint8Array(entryBytes + PADDING_BYTES);
  bytes.set(reader.bytes(entryBytes, STSD_HEADER_BYTES));
  const view = new DataView(bytes.buffer);
  const version = isQuickTimeLayout ? view.getUint16(ENTRY_FIELD.version) : 0;
  const entry = parseEntry(view, version, timescale);
  const boxesAt = ENTRY_BYTES + (EXTRA_ENTRY_BYTES[version] ?? 0);
  const description =
    pcmSampleDescription(entry) ?? codecSampleDescription(reader, entry, boxesAt, entryBytes);
  if (!description) throw unsupportedCodec(entry.format);
  return description;
}

function parseEntry(view: DataView, version: number, timescale: number): AudioSampleEntry {
  const isVersion2 = version === 2;
  const sampleRate = isVersion2
    ? view.getFloat64(ENTRY_V2_FIELD.sampleRate)
    : view.getUint16(ENTRY_FIELD.sampleRate);
  return {
    format: readFourCc(view, 4),
    channels: isVersion2 ? view.getUint32(ENTRY_V2_FIELD.channels) : view.getUint16(ENTRY_FIELD.channels),
    bitsPerSample: isVersion2
      ? view.getUint32(ENTRY_V2_FIELD.bitsPerSample)
      : view.getUint16(ENTRY_FIELD.bitsPerSample),
    sampleRate: sampleRate || timescale,
    view,
  };
}

function pcmSampleDescription(entry: AudioSampleEntry): SampleDescription | undefined {
  const { format, channels, sampleRate } = entry;
  const known = PCM_FORMATS[format];
  if (!known) return undefined;
  const bitsPerSample = bitsPerSampleOf(known, entry.bitsPerSample);
  if (!isSupportedSampleRate(sampleRate) || channels === 0 || bitsPerSample === 0) throw invalidFormat();
  const minBytes = (channels * bitsPerSample) / 8;
  return { kind: "bytes", codec: known.codec, minBytes, bytesPerSecond: minBytes * sampleRate };
}

function codecSampleDescription(
  reader: Reader,
  entry: AudioSampleEntry,
  boxesAt: number,
  entryBytes: number,
): SampleDescription | undefined {
  let at = boxesAt;
  while (at + BOX_HEADER_BYTES <= entryBytes) {
    reader.step();
    const boxBytes = entry.view.getUint32(at);
    const type = readFourCc(entry.view, at + 4);
    const parseConfiguration = CONFIGURATION_BOXES[type];
    if (parseConfiguration) return parseConfiguration(entry.view, at + BOX_HEADER_BYTES, entry);
    // QuickTime wraps the configuration in a box of its own, which is entered.
    const isWrapper = type === "wave";
    if (!isWrapper && boxBytes < BOX_HEADER_BYTES) break;
    at += isWrapper ? BOX_HEADER_BYTES : boxBytes;
  }
  return MP3_FORMATS.has(entry.format) ? describeMpegAudio(entry.sampleRate) : undefined;
}
