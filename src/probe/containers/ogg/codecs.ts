// The audio codecs of Ogg streams: recognised by the first packet, with the rule for what their packets decode to.
import { dataViewOf } from "../../bytes.ts";
import { MAX_FLAC_FRAME_HEADER_BYTES } from "../../codecs/flac-frame.ts";
import {
  FLAC_BLOCK_HEADER_BYTES,
  FLAC_MARKER_BYTES,
  parseFlacStreamInfo,
  STREAM_INFO_BYTES,
} from "../../codecs/flac-stream-info.ts";
import { OPUS_SAMPLE_RATE, opusPacketSamples } from "../../codecs/opus-packet.ts";
import { flacPackets } from "../../codecs/packet-codec.ts";
import {
  createVorbisPacketCounter,
  parseVorbisIdentification,
  parseVorbisModes,
  VORBIS_SETUP_TAIL_BYTES,
  type VorbisPacketCounter,
} from "../../codecs/vorbis-packet.ts";
import type { AudioFacts } from "../../container.ts";
import { isSupportedSampleRate } from "../../sample-rate.ts";
import { UnsupportedAudioError } from "../../unsupported-audio-error.ts";

export interface OggCodec {
  /** Complete after the first valid packet. */
  facts: AudioFacts;
  sampleRate: number;
  /** Packets before the audio, including the first one. */
  headerPackets: number;
  /** Samples at the start that are decoded and not played. */
  preSkip: number;
  /** How much of a packet {@link samples} reads. */
  headBytes: number;
  /** How much of the end of the last header packet {@link setup} reads; 0 when it is not called for. */
  setupTailBytes: number;
  /** Receives the end of the last header packet. */
  setup: (tail: Uint8Array) => void;
  /** Samples per channel of a packet of `length` bytes; `head` holds zeros past its end. */
  samples: (head: Uint8Array, length: number) => number;
}

/** The largest `headBytes`. */
export const MAX_HEAD_BYTES = MAX_FLAC_FRAME_HEADER_BYTES;

interface OggCodecSyntax {
  /** How the first packet starts. */
  magic: string;
  /** Parses the first packet; null when it is invalid. */
  parse: (packet: Uint8Array) => OggCodec | null;
}

const OGG_CODECS: readonly OggCodecSyntax[] = [
  { magic: "OpusHead", parse: parseOpus },
  { magic: "\x01vorbis", parse: parseVorbis },
  { magic: "\x7fFLAC", parse: parseFlac },
  { magic: "Speex   ", parse: parseSpeex },
];
const MAX_MAGIC_BYTES = 8;

/** The codec of the stream that starts with `packet`; null when it is not audio or not supported. */
export function oggCodecOf(packet: Uint8Array): OggCodec | null {
  const start = String.fromCharCode(...packet.subarray(0, MAX_MAGIC_BYTES));
  return OGG_CODECS.find(({ magic }) => start.startsWith(magic))?.parse(packet) ?? null;
}

const lossyFacts = (codec: string, sampleRate: number, channels: number | undefined): AudioFacts => ({
  codec,
  sampleRateHz: sampleRate,
  channels: channels || null,
  bitsPerSample: null,
});

const NO_SETUP = { preSkip: 0, setupTailBytes: 0, setup: () => undefined };

/** The identification header (RFC 7845 section 5.1). */
const OPUS_HEAD_BYTES = 19;
const OPUS_CHANNELS_AT = 9;
const OPUS_PRE_SKIP_AT = 10;

function parseOpus(packet: Uint8Array): OggCodec | null {
  if (packet.length < OPUS_HEAD_BYTES) return null;
  return {
    ...NO_SETUP,
    facts: lossyFacts("Opus", OPUS_SAMPLE_RATE, packet[OPUS_CHANNELS_AT]),
    sampleRate: OPUS_SAMPLE_RATE,
    headerPackets: 2,
    preSkip: dataViewOf(packet).getUint16(OPUS_PRE_SKIP_AT, true),
    headBytes: 2,
    samples: opusPacketSamples,
  };
}

function parseVorbis(packet: Uint8Array): OggCodec | null {
  const identification = parseVorbisIdentification(packet);
  if (!identification) return null;
  let count: VorbisPacketCounter = () => 0;
  return {
    ...NO_SETUP,
    facts: lossyFacts("Vorbis", identification.sampleRate, identification.channels),
    sampleRate: identification.sampleRate,
    headerPackets: 3,
    headBytes: 1,
    setupTailBytes: VORBIS_SETUP_TAIL_BYTES,
    setup: (tail) => {
      const modes = parseVorbisModes(tail);
      if (!modes) throw new UnsupportedAudioError("the Vorbis setup header is malformed");
      count = createVorbisPacketCounter(identification, modes);
    },
    samples: (head, length) => count(head[0] ?? 0, length),
  };
}

/** RFC 9639 section 10.1: "\x7fFLAC", two bytes of version, two of header count, the marker and STREAMINFO. */
const OGG_FLAC_HEADER_BYTES = 9;
const OGG_FLAC_STREAM_INFO_AT = OGG_FLAC_HEADER_BYTES + FLAC_MARKER_BYTES + FLAC_BLOCK_HEADER_BYTES;

/** The stated count of metadata packets is ignored: no metadata packet looks like a frame. */
function parseFlac(packet: Uint8Array): OggCodec | null {
  if (packet.length < OGG_FLAC_STREAM_INFO_AT + STREAM_INFO_BYTES) return null;
  const streamInfo = parseFlacStreamInfo(dataViewOf(packet), OGG_FLAC_STREAM_INFO_AT);
  const { sampleRate } = streamInfo;
  if (!isSupportedSampleRate(sampleRate)) return null;
  const { facts, frameSeconds } = flacPackets(streamInfo);
  return {
    ...NO_SETUP,
    facts,
    sampleRate,
    headerPackets: 1,
    headBytes: MAX_FLAC_FRAME_HEADER_BYTES,
    samples: (head, length) => frameSeconds(head, length) * sampleRate,
  };
}

/** The header packet of Speex (Speex Codec Manual, "Ogg file format"): offsets of its little-endian fields. */
const SPEEX_FIELD = {
  sampleRate: 36,
  mode: 40,
  channels: 48,
  framesPerPacket: 64,
  extraHeaders: 68,
} as const;
const SPEEX_HEADER_BYTES = 80;
/** Narrowband is 0, wideband 1 and ultra-wideband 2; each doubles the samples. */
const MAX_SPEEX_MODE = 2;
const SPEEX_NARROWBAND_FRAME_SAMPLES = 160;
/** As many as speexenc writes. */
const MAX_SPEEX_FRAMES_PER_PACKET = 10;
/** A silent frame. */
const MIN_SPEEX_FRAME_BITS = 5;

function parseSpeex(packet: Uint8Array): OggCodec | null {
  if (packet.length < SPEEX_HEADER_BYTES) return null;
  const view = dataViewOf(packet);
  const sampleRate = view.getUint32(SPEEX_FIELD.sampleRate, true);
  const mode = view.getUint32(SPEEX_FIELD.mode, true);
  const framesPerPacket = view.getUint32(SPEEX_FIELD.framesPerPacket, true);
  const extraHeaders = view.getUint32(SPEEX_FIELD.extraHeaders, true);
  if (!isSupportedSampleRate(sampleRate) || mode > MAX_SPEEX_MODE) return null;
  if (framesPerPacket > MAX_SPEEX_FRAMES_PER_PACKET) return null;
  const frameSamples = SPEEX_NARROWBAND_FRAME_SAMPLES << mode;
  return {
    ...NO_SETUP,
    facts: lossyFacts("Speex", sampleRate, view.getUint32(SPEEX_FIELD.channels, true)),
    sampleRate,
    headerPackets: 2 + extraHeaders,
    headBytes: 0,
    // The stated number of frames is bounded by how many fit.
    samples: (_, length) =>
      Math.min(framesPerPacket, Math.floor((length * 8) / MIN_SPEEX_FRAME_BITS)) * frameSamples,
  };
}
