// The audio codecs of Matroska tracks (RFC 9559 section 5.1.4.1.21, matroska.org/technical/codec_specs.html), and how
// many seconds their frames decode to.
import { dataViewOf } from "../../bytes.ts";
import { AAC_FRAME_SAMPLES, MIN_AAC_FRAME_BYTES, parseAacConfig } from "../../codecs/aac-config.ts";
import { ac3FrameSeconds, eac3FrameSeconds } from "../../codecs/ac3-frame.ts";
import {
  ALAC_CONFIG_BYTES,
  alacFrameSamples,
  MAX_ALAC_FRAME_SAMPLES,
  parseAlacConfig,
} from "../../codecs/alac-config.ts";
import {
  flacFrameSamples,
  MAX_FLAC_FRAME_HEADER_BYTES,
  MIN_FLAC_FRAME_BYTES,
} from "../../codecs/flac-frame.ts";
import {
  FLAC_BLOCK_HEADER_BYTES,
  FLAC_MARKER_BYTES,
  parseFlacStreamInfo,
  STREAM_INFO_BYTES,
} from "../../codecs/flac-stream-info.ts";
import { parseMpegFrameHeader } from "../../codecs/mpeg-frame.ts";
import { OPUS_SAMPLE_RATE, opusPacketSamples } from "../../codecs/opus-packet.ts";
import {
  createVorbisPacketCounter,
  parseVorbisIdentification,
  parseVorbisModes,
} from "../../codecs/vorbis-packet.ts";
import { isSupportedSampleRate } from "../../sample-rate.ts";
import { invalidFormat, unsupportedCodec } from "../../unsupported-audio-error.ts";

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

/** The seconds that a frame of `length` bytes decodes to; `head` holds zeros past its end. */
type FrameSeconds = (head: Uint8Array, length: number) => number;

export interface MatroskaCodec {
  codec: string;
  frameSeconds: FrameSeconds;
}

interface CodecSyntax {
  codec: string;
  /** Prepares the measure of a track's frames; null when the track's description is invalid. */
  prepare: (track: CodecDescription) => FrameSeconds | null;
}

/** Vorbis comments are part of CodecPrivate and may hold a cover, whose lacing size takes one byte per 255. */
export const MAX_PRIVATE_BYTES = 64 * 1024;
export const FRAME_HEAD_BYTES = MAX_FLAC_FRAME_HEADER_BYTES;
const MIN_AAC_PRIVATE_BYTES = 2;

const MATROSKA_CODECS: ReadonlyMap<string, CodecSyntax> = new Map<string, CodecSyntax>([
  ["A_OPUS", { codec: "Opus", prepare: () => opusFrameSeconds }],
  ["A_VORBIS", { codec: "Vorbis", prepare: prepareVorbis }],
  ["A_AAC", { codec: "AAC", prepare: prepareAac }],
  ["A_MPEG/L1", { codec: "MP1", prepare: () => mpegFrameSeconds }],
  ["A_MPEG/L2", { codec: "MP2", prepare: () => mpegFrameSeconds }],
  ["A_MPEG/L3", { codec: "MP3", prepare: () => mpegFrameSeconds }],
  ["A_FLAC", { codec: "FLAC", prepare: prepareFlac }],
  ["A_PCM/INT/LIT", { codec: "PCM", prepare: preparePcm }],
  ["A_PCM/INT/BIG", { codec: "PCM", prepare: preparePcm }],
  ["A_PCM/FLOAT/IEEE", { codec: "IEEE float", prepare: preparePcm }],
  ["A_AC3", { codec: "AC-3", prepare: () => ac3FrameSeconds }],
  ["A_EAC3", { codec: "E-AC-3", prepare: () => eac3FrameSeconds }],
  ["A_ALAC", { codec: "ALAC", prepare: prepareAlac }],
]);
/** Suffixes that CodecPrivate or the frames state more precisely: "A_AAC/MPEG4/LC/SBR", "A_AC3/BSID9". */
const REDUNDANT_SUFFIX = /^(A_AAC|A_AC3)\/.*/;

/** @throws {UnsupportedAudioError} when the codec is not supported, or its description is invalid */
export function createMatroskaCodec(track: CodecDescription): MatroskaCodec {
  const known = MATROSKA_CODECS.get(track.codecId.replace(REDUNDANT_SUFFIX, "$1"));
  if (!known) throw unsupportedCodec(track.codecId);
  const frameSeconds = known.prepare(track);
  if (!frameSeconds) throw invalidFormat();
  return { codec: known.codec, frameSeconds };
}

/** Frames of a fixed number of samples. */
function fixedFrames(options: {
  frameSamples: number;
  sampleRate: number;
  minFrameBytes: number;
}): FrameSeconds | null {
  const { frameSamples, sampleRate, minFrameBytes } = options;
  if (!isSupportedSampleRate(sampleRate)) return null;
  return (_, length) => (length >= minFrameBytes ? frameSamples / sampleRate : 0);
}

const opusFrameSeconds: FrameSeconds = (head, length) => opusPacketSamples(head, length) / OPUS_SAMPLE_RATE;

/** CodecPrivate: the number of headers less one, the sizes of two as in Xiph lacing, then the three headers. */
function prepareVorbis({ privateHead, privateTail }: CodecDescription): FrameSeconds | null {
  let at = 1;
  const [identificationBytes = 0] = [0, 0].map(() => {
    const start = at;
    while (privateHead[at] === 0xff) at += 1;
    return (at - start) * 255 + (privateHead[at++] ?? 0);
  });
  const identification = parseVorbisIdentification(privateHead.subarray(at, at + identificationBytes));
  const modes = parseVorbisModes(privateTail);
  if (!identification || !modes) return null;
  const count = createVorbisPacketCounter(identification, modes);
  return (head, length) => count(head[0] ?? 0, length) / identification.sampleRate;
}

/** CodecPrivate is the AudioSpecificConfig; old files have none. */
function prepareAac({ privateHead, samplingFrequency }: CodecDescription): FrameSeconds | null {
  if (privateHead.length < MIN_AAC_PRIVATE_BYTES) {
    return fixedFrames({
      frameSamples: AAC_FRAME_SAMPLES,
      sampleRate: samplingFrequency,
      minFrameBytes: MIN_AAC_FRAME_BYTES,
    });
  }
  const config = parseAacConfig(privateHead);
  if (config.frameSamples > 0) return fixedFrames(config);
  throw unsupportedCodec(`MPEG-4 audio object type ${config.objectType}`);
}

function mpegFrameSeconds(head: Uint8Array, length: number): number {
  const frame = parseMpegFrameHeader(dataViewOf(head).getUint32(0));
  return frame && length >= frame.frameBytes ? frame.samples / frame.sampleRate : 0;
}

/** CodecPrivate is "fLaC" and the metadata blocks, STREAMINFO first (RFC 9639 section 10.2). */
const FLAC_STREAM_INFO_AT = FLAC_MARKER_BYTES + FLAC_BLOCK_HEADER_BYTES;

function prepareFlac({ privateHead, samplingFrequency }: CodecDescription): FrameSeconds | null {
  const hasStreamInfo = privateHead.length >= FLAC_STREAM_INFO_AT + STREAM_INFO_BYTES;
  const sampleRate = hasStreamInfo
    ? parseFlacStreamInfo(dataViewOf(privateHead), FLAC_STREAM_INFO_AT).sampleRate
    : samplingFrequency;
  if (!isSupportedSampleRate(sampleRate)) return null;
  return (head, length) => (length < MIN_FLAC_FRAME_BYTES ? 0 : flacFrameSamples(head) / sampleRate);
}

function preparePcm({ channels, bitDepth, samplingFrequency }: CodecDescription): FrameSeconds | null {
  const bytesPerSampleFrame = channels * Math.ceil(bitDepth / 8);
  if (bytesPerSampleFrame === 0 || !isSupportedSampleRate(samplingFrequency)) return null;
  return (_, length) => Math.floor(length / bytesPerSampleFrame) / samplingFrequency;
}

function prepareAlac({ privateHead }: CodecDescription): FrameSeconds | null {
  if (privateHead.length < ALAC_CONFIG_BYTES) return null;
  const { frameSamples, sampleRate } = parseAlacConfig(dataViewOf(privateHead), 0);
  if (frameSamples > MAX_ALAC_FRAME_SAMPLES || !isSupportedSampleRate(sampleRate)) return null;
  return (head) => alacFrameSamples(head, frameSamples) / sampleRate;
}
