// The sample description (`stsd`) of an MPEG-4 audio track: its codec, and what its samples hold
// (ISO/IEC 14496-12 sections 8.5.2 and 12.2, QuickTime File Format "Sound Sample Descriptions").
import { readFourCc } from "../../bytes.ts";
import { parseAlacConfig } from "../../codecs/alac-config.ts";
import { AMR_NB, AMR_WB } from "../../codecs/amr-frame.ts";
import { FLAC_BLOCK_HEADER_BYTES, parseFlacStreamInfo } from "../../codecs/flac-stream-info.ts";
import {
  ac3Packets,
  alacPackets,
  amrPackets,
  flacPackets,
  mpegPackets,
  opusPackets,
} from "../../codecs/packet-codec.ts";
import { bitsPerSampleOf, type PcmFormat, QUICKTIME_PCM_FORMATS } from "../../codecs/quicktime-pcm.ts";
import type { Reader } from "../../reader.ts";
import { isSupportedSampleRate } from "../../sample-rate.ts";
import { invalidFormat, UnsupportedAudioError } from "../../unsupported-audio-error.ts";
import { describePackets, parseEsds, type SampleDescription } from "./esds.ts";
import { unsupportedInMp4 } from "./unsupported-names.ts";

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
const ENTRY_V2_FIELD = { sampleRate: 40, channels: 48, bitsPerSample: 56, formatFlags: 60 } as const;
/** TrueHD, which stores its rate in all 32 bits ("Dolby TrueHD (MLP) bitstreams within the ISO base media file format"). */
const TRUE_HD_FORMAT = "mlpa";
/** kAudioFormatFlagIsFloat, of "lpcm" in an entry of version 2. */
const FLOAT_FLAG = 1;
const MAX_ENTRY_BYTES = 64 * 1024;
/** Read as zeros after the entry, so that a truncated configuration does not end in an exception. */
const PADDING_BYTES = 64;

const FLOAT_FORMAT = "fpcm";
const PCM_FORMATS: Readonly<Record<string, PcmFormat>> = {
  ...QUICKTIME_PCM_FORMATS,
  lpcm: { codec: "PCM" },
  ipcm: { codec: "PCM" },
  [FLOAT_FORMAT]: { codec: "IEEE float" },
  agsm: { codec: "GSM 6.10", bitsPerSample: (33 * 8) / 160, blockSamples: 160 },
};

/** Entries of MPEG audio without a configuration box, as QuickTime writes them. */
const MPEG_FORMATS: ReadonlySet<string> = new Set([".mp3", "ms\0U", ".mp2", "ms\0P"]);

/** OutputChannelCount of `dOps`, after its version. */
const OPUS_CHANNELS_AT = 1;

/** By the box that holds a codec's configuration; `at` is the start of its payload. */
const CONFIGURATION_BOXES: Readonly<
  Record<string, (view: DataView, at: number, entry: AudioSampleEntry) => SampleDescription>
> = {
  esds: (view, at, { channels }) => parseEsds(view, at + FULL_BOX_BYTES, channels),
  alac: (view, at) => {
    const codec = alacPackets(parseAlacConfig(view, at + FULL_BOX_BYTES));
    if (!codec) throw invalidFormat();
    return describePackets(codec);
  },
  dOps: (view, at) => describePackets(opusPackets(view.getUint8(at + OPUS_CHANNELS_AT))),
  // RFC 9639 section 10.3.
  dfLa: (view, at) =>
    describePackets(flacPackets(parseFlacStreamInfo(view, at + FULL_BOX_BYTES + FLAC_BLOCK_HEADER_BYTES))),
  dac3: () => describePackets(ac3Packets("AC-3")),
  dec3: () => describePackets(ac3Packets("E-AC-3")),
  damr: (_view, _at, { format }) => describePackets(amrPackets(format === "sawb" ? AMR_WB : AMR_NB)),
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
  if (!description) {
    // The library that reads such claims takes the rate for one of 16 bits.
    throw unsupportedInMp4(entry.format, entry.format === TRUE_HD_FORMAT ? entry.sampleRate : null);
  }
  return description;
}

function parseEntry(view: DataView, version: number, timescale: number): AudioSampleEntry {
  const isVersion2 = version === 2;
  const statedFormat = readFourCc(view, 4);
  const sampleRate = isVersion2
    ? view.getFloat64(ENTRY_V2_FIELD.sampleRate)
    : statedFormat === TRUE_HD_FORMAT
      ? view.getUint32(ENTRY_FIELD.sampleRate)
      : view.getUint16(ENTRY_FIELD.sampleRate);
  const isFloat = isVersion2 && (view.getUint32(ENTRY_V2_FIELD.formatFlags) & FLOAT_FLAG) !== 0;
  return {
    format: statedFormat === "lpcm" && isFloat ? FLOAT_FORMAT : statedFormat,
    channels: isVersion2 ? view.getUint32(ENTRY_V2_FIELD.channels) : view.getUint16(ENTRY_FIELD.channels),
    bitsPerSample: isVersion2
      ? view.getUint32(ENTRY_V2_FIELD.bitsPerSample)
      : view.getUint16(ENTRY_FIELD.bitsPerSample),
    sampleRate: sampleRate || timescale,
    view,
  };
}

/** Integers of eight bits alone take one byte, as players read them, except where that is the format's own size. */
const BYTE_FORMATS: ReadonlySet<string> = new Set(["raw ", "NONE"]);
const FLOAT_BITS: ReadonlySet<number> = new Set([32, 64]);

/** The stated size of a sample as it is played; 0 for one that is impossible. */
function playedBits({ format, bitsPerSample }: AudioSampleEntry): number {
  if (format === FLOAT_FORMAT && !FLOAT_BITS.has(bitsPerSample)) return 0;
  return bitsPerSample > 0 && bitsPerSample < 8 && !BYTE_FORMATS.has(format) ? 16 : bitsPerSample;
}

function pcmSampleDescription(entry: AudioSampleEntry): SampleDescription | undefined {
  const { format, channels, sampleRate } = entry;
  const known = PCM_FORMATS[format];
  if (!known) return undefined;
  const bitsPerSample = bitsPerSampleOf(known, playedBits(entry));
  if (!isSupportedSampleRate(sampleRate) || channels === 0 || bitsPerSample === 0) throw invalidFormat();
  const minBytes = (channels * bitsPerSample) / 8;
  return {
    kind: "bytes",
    facts: {
      codec: known.codec,
      sampleRateHz: sampleRate,
      channels,
      // A block of ADPCM has no whole number of bits a sample.
      bitsPerSample: known.blockSamples ? null : bitsPerSample,
    },
    minBytes,
    bytesPerSecond: minBytes * sampleRate,
  };
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
  return MPEG_FORMATS.has(entry.format) ? describePackets(mpegPackets("MP3")) : undefined;
}
