// The containers whose claims music-metadata reads: how to recognise one, which of the library's parsers reads it, and
// which codec is in it. All others are never given to the library.
import { type IAudioMetadata, TrackType } from "music-metadata";
import { FIRST_BOXES } from "../../src/probe/containers/mp4/first-boxes.ts";
import { compressionTypeOf, formatTagOf } from "./chunks.ts";
import {
  type ClaimedCodec,
  DSD,
  FORMAT_TAG_CODECS,
  MATROSKA_CODECS,
  MONKEYS_AUDIO,
  MP4A_CODECS,
  MUSEPACK,
  PACKET_CODECS,
  QUICKTIME_CODECS,
  WAVPACK_DSD,
} from "./claimed-codecs.ts";
import { acmTagOf } from "./matroska-acm.ts";
import { asfBytes, matroskaBytes, riffBytes, type StatedBytes } from "./stated-bytes.ts";

type Format = IAudioMetadata["format"];

export interface ClaimedContainer {
  container: string;
  /** Served with the recording: one of those in src/playback/served-type.ts. */
  contentType: string;
  /** Selects the library's parser. */
  libraryType: string;
  /** The bytes at an offset by which it is recognised. */
  magic: { at: number; ascii: string };
  /**
   * The codec by what the library found; where the library keeps its name to itself, by the first bytes, or by the
   * format that the probe recognised.
   */
  codecOf: (format: Format, head: Uint8Array, recognised: string) => ClaimedCodec | undefined;
  /** How long it says that it is. Where this is absent, the library skips to the end. */
  statedBytes?: StatedBytes;
  /** Whether the library has credited a truncated recording with no more than what is there. */
  isClipped?: (format: Format) => boolean;
}

/** Matroska's codec id of a codec that a format tag names. */
const ACM = "MS/ACM";

const audioCodecId = ({ trackInfo }: Format): string =>
  trackInfo.find(({ type }) => type === TrackType.audio)?.codecId ?? "";

/** By the format tag of a container that keeps packets apart. */
const packetCodec = (tag: number): ClaimedCodec | undefined => FORMAT_TAG_CODECS[tag] ?? PACKET_CODECS[tag];

export const CLAIMED_CONTAINERS: readonly ClaimedContainer[] = [
  {
    container: "WAVE",
    contentType: "audio/wav",
    libraryType: "audio/wav",
    magic: { at: 8, ascii: "WAVE" },
    codecOf: (_, head) => FORMAT_TAG_CODECS[formatTagOf(head)],
    statedBytes: riffBytes,
    // By the size of the data, unless there is a chunk "fact", which alone makes the library say that it is lossy.
    isClipped: ({ lossless }) => lossless !== false,
  },
  {
    container: "AIFF",
    contentType: "audio/aiff",
    libraryType: "audio/aiff",
    magic: { at: 8, ascii: "AIFC" },
    codecOf: (_, head) => QUICKTIME_CODECS.get(compressionTypeOf(head)),
  },
  {
    container: "Matroska",
    contentType: "audio/matroska",
    libraryType: "audio/matroska",
    magic: { at: 0, ascii: "\x1a\x45\xdf\xa3" },
    codecOf: ({ codec = "" }, head) =>
      codec === ACM ? packetCodec(acmTagOf(head)) : MATROSKA_CODECS.get(codec.replace(/^AAC\/.*/, "AAC")),
    statedBytes: matroskaBytes,
  },
  {
    container: "ASF",
    contentType: "audio/x-ms-wma",
    libraryType: "audio/ms-asf",
    magic: { at: 0, ascii: "\x30\x26\xb2\x75\x8e\x66\xcf\x11" },
    codecOf: (format) => {
      const codec = packetCodec(Number(audioCodecId(format)));
      // ASF states the highest rate, not that of every second.
      return codec && { ...codec, isConstantRate: false };
    },
    statedBytes: asfBytes,
  },
  ...[...FIRST_BOXES].map((ascii) => ({
    container: "MPEG-4",
    contentType: "audio/mp4",
    libraryType: "audio/mp4",
    magic: { at: 4, ascii },
    codecOf: (format: Format, _head: Uint8Array, recognised: string) => {
      const id = audioCodecId(format);
      return (id === "mp4a" ? MP4A_CODECS.get(recognised) : undefined) ?? QUICKTIME_CODECS.get(id);
    },
  })),
  {
    container: "WavPack",
    contentType: "audio/x-wavpack",
    libraryType: "audio/wavpack",
    magic: { at: 0, ascii: "wvpk" },
    codecOf: ({ codec }) => (codec === "DSD" ? WAVPACK_DSD : undefined),
  },
  {
    container: "Monkey's Audio",
    contentType: "audio/x-ape",
    libraryType: "audio/ape",
    magic: { at: 0, ascii: "MAC " },
    codecOf: () => MONKEYS_AUDIO,
  },
  ...["MP+", "MPCK"].map((ascii) => ({
    container: "Musepack",
    contentType: "audio/x-musepack",
    libraryType: "audio/musepack",
    magic: { at: 0, ascii },
    codecOf: () => MUSEPACK,
  })),
  {
    container: "DSF",
    contentType: "audio/x-dsf",
    libraryType: "audio/dsf",
    magic: { at: 0, ascii: "DSD " },
    codecOf: () => DSD,
  },
  {
    container: "DSDIFF",
    contentType: "audio/x-dff",
    libraryType: "audio/dsd",
    magic: { at: 0, ascii: "FRM8" },
    codecOf: () => DSD,
  },
];
