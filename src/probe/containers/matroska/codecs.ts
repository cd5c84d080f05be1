// The audio codecs of a Matroska track (RFC 9559 section 9, matroska.org/technical/codec_specs.html) and how many
// seconds their frames decode to.
import { parseAacConfig } from "../../codecs/aac-config.ts";
import { flacFrameSamples, LEAST_FLAC_FRAME_BYTES, MAX_FLAC_HEADER_BYTES } from "../../codecs/flac-frame.ts";
import { mpegFrame } from "../../codecs/mpeg-frame.ts";
import { OPUS_SAMPLE_RATE, opusPacketSamples } from "../../codecs/opus-packet.ts";
import {
  parseVorbisIdentification,
  parseVorbisModes,
  vorbisPacketCounter,
} from "../../codecs/vorbis-packet.ts";
import { isSampleRate } from "../../container.ts";
import { UnreadableAudio } from "../../reader.ts";

/** What a TrackEntry says of its codec. */
export interface CodecDescription {
  codecId: string;
  /** The first bytes of CodecPrivate, {@link MAX_PRIVATE_BYTES} at most, and the last ones. */
  privateHead: Uint8Array;
  privateTail: Uint8Array;
  samplingFrequency: number;
  channels: number;
  bitDepth: number;
}

/** The seconds that a frame of `length` bytes decodes to; `head` holds zeros past its end. */
type FrameSeconds = (head: Uint8Array, length: number) => number;

export interface MatroskaCodec {
  codec: string;
  seconds: FrameSeconds;
}

/** A Vorbis stream's comments stand there, and they may hold a cover: its size alone takes a byte for 255. */
export const MAX_PRIVATE_BYTES = 64 * 1024;
export const FRAME_HEAD_BYTES = MAX_FLAC_HEADER_BYTES;

/** One channel of silence, and the end of the block. */
const LEAST_AAC_FRAME_BYTES = 4;

const AC3_SYNC = 0x0b77;
const AC3_RATES = [48_000, 44_100, 32_000];
const AC3_BLOCK_SAMPLES = 256;
const AC3_BLOCKS = 6;
const LEAST_AC3_FRAME_BYTES = 128;
const EAC3_BLOCKS = [1, 2, 3, 6];

const ALAC_COOKIE_BYTES = 24;
/** Encoders take 4096. */
const MAX_ALAC_FRAME_SAMPLES = 16_384;

const CODECS: ReadonlyMap<
  string,
  readonly [name: string, prepare: (track: CodecDescription) => FrameSeconds | null]
> = new Map([
  ["A_OPUS", ["Opus", () => opus]],
  ["A_VORBIS", ["Vorbis", vorbis]],
  ["A_AAC", ["AAC", aac]],
  ["A_MPEG/L1", ["MP1", () => mpeg]],
  ["A_MPEG/L2", ["MP2", () => mpeg]],
  ["A_MPEG/L3", ["MP3", () => mpeg]],
  ["A_FLAC", ["FLAC", flac]],
  ["A_PCM/INT/LIT", ["PCM", pcm]],
  ["A_PCM/INT/BIG", ["PCM", pcm]],
  ["A_PCM/FLOAT/IEEE", ["IEEE float", pcm]],
  ["A_AC3", ["AC-3", () => ac3]],
  ["A_EAC3", ["E-AC-3", () => eac3]],
  ["A_ALAC", ["ALAC", alac]],
]);
/** IDs that say what CodecPrivate or the frames say better: "A_AAC/MPEG4/LC/SBR", "A_AC3/BSID9". */
const WITH_SUFFIX = /^(A_AAC|A_AC3)\/.*/;

/** @throws {UnreadableAudio} when the codec is not known here, or its description makes no sense */
export function matroskaCodecOf(track: CodecDescription): MatroskaCodec {
  const known = CODECS.get(track.codecId.replace(WITH_SUFFIX, "$1"));
  if (!known) throw new UnreadableAudio(`has a codec not known here (${track.codecId})`);
  const [codec, prepare] = known;
  const seconds = prepare(track);
  if (!seconds) throw new UnreadableAudio("has an impossible format");
  return { codec, seconds };
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function framesOf(samples: number, sampleRate: number, leastBytes: number): FrameSeconds | null {
  if (!isSampleRate(sampleRate)) return null;
  return (_, length) => (length >= leastBytes ? samples / sampleRate : 0);
}

const opus: FrameSeconds = (head, length) => opusPacketSamples(head, length) / OPUS_SAMPLE_RATE;

/** CodecPrivate holds the three headers: their count less one, the sizes of two as in Xiph lacing, themselves. */
function vorbis({ privateHead, privateTail }: CodecDescription): FrameSeconds | null {
  let at = 1;
  const sizes = [0, 0].map(() => {
    const start = at;
    while (privateHead[at] === 0xff) at += 1;
    return (at - start) * 255 + (privateHead[at++] ?? 0);
  });
  const identification = parseVorbisIdentification(privateHead.subarray(at, at + (sizes[0] ?? 0)));
  const modes = parseVorbisModes(privateTail);
  if (!identification || !modes) return null;
  const count = vorbisPacketCounter(identification, modes);
  return (head, length) => count(head[0] ?? 0, length) / identification.sampleRate;
}

/** CodecPrivate is the AudioSpecificConfig; old files have none. */
function aac({ privateHead, samplingFrequency }: CodecDescription): FrameSeconds | null {
  if (privateHead.length < 2) return framesOf(1024, samplingFrequency, LEAST_AAC_FRAME_BYTES);
  const { objectType, sampleRate, frameSamples, leastFrameBytes } = parseAacConfig(privateHead);
  if (frameSamples > 0) return framesOf(frameSamples, sampleRate, leastFrameBytes);
  throw new UnreadableAudio(`has a codec not known here (audio object type ${objectType})`);
}

function mpeg(head: Uint8Array, length: number): number {
  const frame = mpegFrame(viewOf(head).getUint32(0));
  return frame && length >= frame.length ? frame.samples / frame.sampleRate : 0;
}

/** CodecPrivate is "fLaC" and the metadata blocks, STREAMINFO first (RFC 9639 section 10.2). */
function flac({ privateHead, samplingFrequency }: CodecDescription): FrameSeconds | null {
  const sampleRate = privateHead.length < 42 ? samplingFrequency : viewOf(privateHead).getUint32(18) >>> 12;
  if (!isSampleRate(sampleRate)) return null;
  return (head, length) => (length < LEAST_FLAC_FRAME_BYTES ? 0 : flacFrameSamples(head) / sampleRate);
}

function pcm({ channels, bitDepth, samplingFrequency }: CodecDescription): FrameSeconds | null {
  const bytesPerSample = channels * Math.ceil(bitDepth / 8);
  if (bytesPerSample === 0 || !isSampleRate(samplingFrequency)) return null;
  return (_, length) => Math.floor(length / bytesPerSample) / samplingFrequency;
}

/** ATSC A/52 section 5.3; from `bsid` 9 on at half the rate, and at a quarter (annex of the low sampling rates). */
function ac3(head: Uint8Array, length: number): number {
  const view = viewOf(head);
  const rate = AC3_RATES[view.getUint8(4) >> 6] ?? 0;
  const bsid = view.getUint8(5) >> 3;
  if (view.getUint16(0) !== AC3_SYNC || rate === 0 || bsid > 10 || length < LEAST_AC3_FRAME_BYTES) return 0;
  return (AC3_BLOCKS * AC3_BLOCK_SAMPLES) / (rate >> Math.max(0, bsid - 8));
}

/** ATSC A/52 annex E section 2.2.2: a block begins with the independent substream's frame. */
function eac3(head: Uint8Array, length: number): number {
  const view = viewOf(head);
  if (view.getUint8(5) >> 3 <= 10) return ac3(head, length);
  const frameBytes = ((view.getUint16(2) & 0x7ff) + 1) * 2;
  if (view.getUint16(0) !== AC3_SYNC || length < frameBytes) return 0;
  const codes = view.getUint8(4);
  const rate = AC3_RATES[codes >> 6] ?? 0;
  if (rate > 0) return ((EAC3_BLOCKS[(codes >> 4) & 3] ?? 0) * AC3_BLOCK_SAMPLES) / rate;
  const halfRate = (AC3_RATES[(codes >> 4) & 3] ?? 0) / 2;
  return halfRate > 0 ? (AC3_BLOCKS * AC3_BLOCK_SAMPLES) / halfRate : 0;
}

/** CodecPrivate is the "magic cookie" (ALACMagicCookieDescription.txt). */
function alac({ privateHead }: CodecDescription): FrameSeconds | null {
  if (privateHead.length < ALAC_COOKIE_BYTES) return null;
  const view = viewOf(privateHead);
  const frameSamples = view.getUint32(0);
  const sampleRate = view.getUint32(20);
  if (frameSamples > MAX_ALAC_FRAME_SAMPLES || !isSampleRate(sampleRate)) return null;
  // A frame's header is 23 bits; if its 20th is set it is a short one, and the number of samples follows.
  return (head) => {
    const isShort = ((head[2] ?? 0) & 0x10) !== 0;
    const samples = isShort
      ? (viewOf(head).getUint32(2) << 7) | (viewOf(head).getUint8(6) >> 1)
      : frameSamples;
    return Math.min(samples >>> 0, frameSamples) / sampleRate;
  };
}
