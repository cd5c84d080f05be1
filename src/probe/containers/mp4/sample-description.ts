// The codec of an MPEG-4 audio track from its sample description (stsd), and how long its samples may last:
// ISO/IEC 14496-12 12.2, QuickTime File Format.
import { isSampleRate } from "../../container.ts";
import { type Reader, UnreadableAudio } from "../../reader.ts";
import { elementaryStream, frames, mpegAudio, type Sound } from "./esds.ts";

/** A sample description: its fields, and its bytes for the boxes within. */
interface Entry {
  type: string;
  channels: number;
  bits: number;
  rate: number;
  view: DataView;
}

const ENTRY_BYTES = 36;
/** QuickTime's second and third description of sound are longer. */
const MORE_ENTRY_BYTES = [0, 16, 36];
const MAX_ENTRY_BYTES = 64 * 1024;
/** Read as zeros: a configuration that is cut off ends in them instead of an exception. */
const PADDING_BYTES = 64;
const STSD_BYTES = 8;
const BOX_HEADER_BYTES = 8;

/** ALAC's own limit is not written down; its encoders take 4096. */
const MAX_ALAC_FRAME = 16384;

const PLAIN: Readonly<Record<string, { codec: string; bits?: number }>> = {
  sowt: { codec: "PCM" },
  twos: { codec: "PCM" },
  "raw ": { codec: "PCM" },
  NONE: { codec: "PCM" },
  lpcm: { codec: "PCM" },
  ipcm: { codec: "PCM" },
  fpcm: { codec: "IEEE float" },
  in24: { codec: "PCM", bits: 24 },
  in32: { codec: "PCM", bits: 32 },
  fl32: { codec: "IEEE float", bits: 32 },
  fl64: { codec: "IEEE float", bits: 64 },
  ulaw: { codec: "µ-law", bits: 8 },
  alaw: { codec: "A-law", bits: 8 },
  // Blocks of 34 bytes for 64 samples.
  ima4: { codec: "IMA ADPCM", bits: 4.25 },
};

/** By the box that holds a codec's configuration; `at` is where its payload starts. */
const CONFIGURED: Readonly<Record<string, (view: DataView, at: number, entry: Entry) => Sound>> = {
  esds: (view, at, entry) => elementaryStream(view, at + 4, entry.rate),
  alac: (view, at) =>
    frames("ALAC", view.getUint32(at + 24), Math.min(view.getUint32(at + 4), MAX_ALAC_FRAME), 1),
  // RFC 6716 3.2: a packet lasts 2.5 to 120 ms, whatever it was sampled at.
  dOps: () => frames("Opus", 48000, 5760, 1, 120),
  dfLa: (view, at) =>
    frames("FLAC", view.getUint32(at + 18) >>> 12, view.getUint16(at + 10), 8, view.getUint16(at + 8)),
  dac3: (_, __, { rate }) => frames("AC-3", rate, 1536, 128),
  dec3: (_, __, { rate }) => frames("E-AC-3", rate, 1536, 8, 256),
  damr: (view, at, { type }) => {
    const framesPerSample = Math.min(Math.max(view.getUint8(at + 8), 1), 15);
    return type === "sawb"
      ? frames("AMR-WB", 16000, 320 * framesPerSample, 1, 320)
      : frames("AMR-NB", 8000, 160 * framesPerSample, 1, 160);
  },
};

/**
 * Reads the first sample description of an `stsd`, whose payload starts at the reader's position. `timescale` is the
 * sample rate where that is too high for its field.
 */
export async function readSound(reader: Reader, end: number, timescale: number): Promise<Sound> {
  await reader.require(STSD_BYTES + ENTRY_BYTES);
  // In ISO files the longer description, which differs from QuickTime's, comes with version 1 of the box.
  const isQuickTime = reader.u8() === 0;
  const size = Math.min(reader.u32(STSD_BYTES), MAX_ENTRY_BYTES, end - reader.position - STSD_BYTES);
  if (size < ENTRY_BYTES) throw new UnreadableAudio("has a sample description cut off");
  await reader.require(STSD_BYTES + size);
  const bytes = new Uint8Array(size + PADDING_BYTES);
  bytes.set(reader.bytes(size, STSD_BYTES));
  const view = new DataView(bytes.buffer);
  const version = isQuickTime ? view.getUint16(16) : 0;
  const isLong = version === 2;
  const entry: Entry = {
    type: reader.ascii(4, STSD_BYTES + 4),
    channels: isLong ? view.getUint32(48) : view.getUint16(24),
    bits: isLong ? view.getUint32(56) : view.getUint16(26),
    rate: (isLong ? view.getFloat64(40) : view.getUint16(32)) || timescale,
    view,
  };
  const sound =
    plain(entry) ?? configured(reader, entry, ENTRY_BYTES + (MORE_ENTRY_BYTES[version] ?? 0), size);
  if (!sound) throw new UnreadableAudio(`has a codec not known here (${entry.type})`);
  return sound;
}

function plain({ type, channels, bits, rate }: Entry): Sound | undefined {
  const known = PLAIN[type];
  if (!known) return undefined;
  const bitsPerSample = known.bits ?? Math.ceil(bits / 8) * 8;
  if (!isSampleRate(rate) || channels === 0 || bitsPerSample === 0) {
    throw new UnreadableAudio("has an impossible format");
  }
  const bytesPerFrame = (channels * bitsPerSample) / 8;
  return {
    kind: "bytes",
    codec: known.codec,
    leastBytes: bytesPerFrame,
    bytesPerSecond: bytesPerFrame * rate,
  };
}

function configured(reader: Reader, entry: Entry, first: number, size: number): Sound | undefined {
  let at = first;
  while (at + BOX_HEADER_BYTES <= size) {
    reader.step();
    const boxBytes = entry.view.getUint32(at);
    const type = fourLetters(entry.view, at + 4);
    const parse = CONFIGURED[type];
    // QuickTime puts the configuration in a box of its own; what is in there is looked at one by one.
    const isWrapper = type === "wave";
    if (parse) return parse(entry.view, at + BOX_HEADER_BYTES, entry);
    if (!isWrapper && boxBytes < BOX_HEADER_BYTES) break;
    at += isWrapper ? BOX_HEADER_BYTES : boxBytes;
  }
  // QuickTime has MP3 without a configuration.
  return entry.type === ".mp3" || entry.type === "ms\0U" ? mpegAudio(entry.rate) : undefined;
}

function fourLetters(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((letter) => view.getUint8(at + letter)));
}
