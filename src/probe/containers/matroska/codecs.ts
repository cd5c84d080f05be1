// The audio codecs of Matroska tracks (RFC 9559 section 5.1.4.1.21, matroska.org/technical/codec_specs.html), and how
// many seconds their frames decode to.
import { dataViewOf } from "../../bytes.ts";
import {
  AAC_FRAME_SAMPLES,
  type AacConfig,
  MIN_AAC_FRAME_BYTES,
  parseAacConfig,
} from "../../codecs/aac-config.ts";
import { ALAC_CONFIG_BYTES, parseAlacConfig } from "../../codecs/alac-config.ts";
import {
  FLAC_BLOCK_HEADER_BYTES,
  FLAC_MARKER_BYTES,
  parseFlacStreamInfo,
  STREAM_INFO_BYTES,
} from "../../codecs/flac-stream-info.ts";
import {
  aacPackets,
  ac3Packets,
  alacPackets,
  flacPackets,
  mpegPackets,
  opusPackets,
  type PacketCodec,
  vorbisPackets,
} from "../../codecs/packet-codec.ts";
import { isSupportedSampleRate } from "../../sample-rate.ts";
import { invalidFormat } from "../../unsupported-audio-error.ts";
import { prepareAcm } from "./acm.ts";
import { floatPackets, integerPackets } from "./pcm.ts";
import { unsupportedInMatroska } from "./unsupported-names.ts";

/** What a TrackEntry states about its codec. */
export interface CodecDescription {
  codecId: string;
  /** The first bytes of CodecPrivate, {@link MAX_PRIVATE_BYTES} at most. */
  privateHead: Uint8Array;
  /** The last bytes of CodecPrivate. */
  privateTail: Uint8Array;
  samplingFrequency: number;
  channels: number;
  bitDepth: number;
}

/** Prepares the count of a track's frames; null when the track's description is invalid. */
type Prepare = (track: CodecDescription) => PacketCodec | null;

/** Vorbis comments are part of CodecPrivate and may hold a cover, whose lacing size takes one byte per 255. */
export const MAX_PRIVATE_BYTES = 64 * 1024;
const MIN_AAC_PRIVATE_BYTES = 2;

const MATROSKA_CODECS: ReadonlyMap<string, Prepare> = new Map<string, Prepare>([
  ["A_OPUS", prepareOpus],
  ["A_VORBIS", ({ privateHead, privateTail }) => vorbisPackets(privateHead, privateTail)],
  ["A_AAC", prepareAac],
  ["A_MPEG/L1", () => mpegPackets("MP1")],
  ["A_MPEG/L2", () => mpegPackets("MP2")],
  ["A_MPEG/L3", () => mpegPackets("MP3")],
  ["A_FLAC", prepareFlac],
  ["A_PCM/INT/LIT", (track) => integerPackets(track)],
  ["A_PCM/INT/BIG", (track) => integerPackets(track)],
  ["A_PCM/FLOAT/IEEE", (track) => floatPackets(track)],
  ["A_AC3", () => ac3Packets("AC-3")],
  ["A_EAC3", () => ac3Packets("E-AC-3")],
  ["A_ALAC", prepareAlac],
  ["A_MS/ACM", prepareAcm],
]);
/** Suffixes that CodecPrivate or the frames state more precisely: "A_AAC/MPEG4/LC/SBR", "A_AC3/BSID9". */
const REDUNDANT_SUFFIX = /^(A_AAC|A_AC3)\/.*/;

/** @throws {UnsupportedAudioError} when the codec is not supported, or its description is invalid */
export function createMatroskaCodec(track: CodecDescription): PacketCodec {
  const prepare = MATROSKA_CODECS.get(track.codecId.replace(REDUNDANT_SUFFIX, "$1"));
  if (!prepare) throw unsupportedInMatroska(track.codecId);
  const codec: PacketCodec | null = prepare(track);
  if (!codec) throw invalidFormat();
  return codec;
}

/** CodecPrivate is the identification header of Ogg (RFC 7845 section 5.1), and old files have none. */
const OPUS_CHANNELS_AT = 9;

function prepareOpus({ privateHead, channels }: CodecDescription): PacketCodec {
  return opusPackets(privateHead[OPUS_CHANNELS_AT] || channels);
}

/** CodecPrivate is the AudioSpecificConfig; old files have none. */
function prepareAac({ privateHead, samplingFrequency, channels }: CodecDescription): PacketCodec | null {
  const config =
    privateHead.length < MIN_AAC_PRIVATE_BYTES ? plainAac(samplingFrequency) : parseAacConfig(privateHead);
  if (config.frameSamples === 0) throw unsupportedInMatroska(`MPEG-4 audio object type ${config.objectType}`);
  return isSupportedSampleRate(config.sampleRate) ? aacPackets(config, channels) : null;
}

const plainAac = (sampleRate: number): AacConfig => ({
  objectType: 0,
  sampleRate,
  frameSamples: AAC_FRAME_SAMPLES,
  minFrameBytes: MIN_AAC_FRAME_BYTES,
  outputSampleRate: sampleRate,
  channels: 0,
});

/** CodecPrivate is "fLaC" and the metadata blocks, STREAMINFO first (RFC 9639 section 10.2). */
const FLAC_STREAM_INFO_AT = FLAC_MARKER_BYTES + FLAC_BLOCK_HEADER_BYTES;

function prepareFlac({ privateHead, samplingFrequency, bitDepth }: CodecDescription): PacketCodec {
  const hasStreamInfo = privateHead.length >= FLAC_STREAM_INFO_AT + STREAM_INFO_BYTES;
  return flacPackets(
    hasStreamInfo
      ? parseFlacStreamInfo(dataViewOf(privateHead), FLAC_STREAM_INFO_AT)
      : { sampleRate: samplingFrequency, bitsPerSample: bitDepth },
  );
}

function prepareAlac({ privateHead }: CodecDescription): PacketCodec | null {
  if (privateHead.length < ALAC_CONFIG_BYTES) return null;
  return alacPackets(parseAlacConfig(dataViewOf(privateHead), 0));
}
