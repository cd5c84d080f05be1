// The audio codecs that an Ogg stream may carry, known by its first packet, and what their packets decode to.
import { flacFrameSamples, LEAST_FLAC_FRAME_BYTES, MAX_FLAC_HEADER_BYTES } from "../../codecs/flac-frame.ts";
import { OPUS_SAMPLE_RATE, opusPacketSamples } from "../../codecs/opus-packet.ts";
import {
  parseVorbisIdentification,
  parseVorbisModes,
  VORBIS_SETUP_TAIL_BYTES,
  vorbisPacketCounter,
} from "../../codecs/vorbis-packet.ts";
import { isSampleRate } from "../../container.ts";
import { UnreadableAudio } from "../../reader.ts";

export interface OggCodec {
  codec: string;
  sampleRate: number;
  /** How many packets stand before the audio, the first one among them. */
  headerPackets: number;
  /** Samples that are decoded and not heard at the start. */
  preSkip: number;
  /** How much of a packet {@link samples} looks at. */
  headBytes: number;
  /** How much of the last header packet's end {@link setup} looks at; 0 when it isn't needed. */
  setupTailBytes: number;
  /** Takes the end of the last header packet. */
  setup: (tail: Uint8Array) => void;
  /** What a packet of `length` bytes decodes to; `head` holds zeros past its end. */
  samples: (head: Uint8Array, length: number) => number;
}

/** The longest `headBytes`. */
export const MAX_HEAD_BYTES = MAX_FLAC_HEADER_BYTES;

/** As many as speexenc puts in a packet. */
const MAX_SPEEX_FRAMES = 10;

/** By what the first packet begins with; each gives null when that packet is not as it must be. */
const CODECS: readonly (readonly [magic: string, parse: (packet: Uint8Array) => OggCodec | null])[] = [
  ["OpusHead", opus],
  ["\x01vorbis", vorbis],
  ["\x7fFLAC", flac],
  ["Speex   ", speex],
];

/** The codec of the stream that begins with `packet`; null when it is no audio, or none that is known here. */
export function oggCodecOf(packet: Uint8Array): OggCodec | null {
  const begins = String.fromCharCode(...packet.subarray(0, 8));
  const known = CODECS.find(([magic]) => begins.startsWith(magic));
  return known ? known[1](packet) : null;
}

const viewOf = (packet: Uint8Array) => new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
const NO_SETUP = { preSkip: 0, setupTailBytes: 0, setup: () => undefined };

/** RFC 7845 section 5. */
function opus(packet: Uint8Array): OggCodec | null {
  if (packet.length < 19) return null;
  return {
    ...NO_SETUP,
    codec: "Opus",
    sampleRate: OPUS_SAMPLE_RATE,
    headerPackets: 2,
    preSkip: viewOf(packet).getUint16(10, true),
    headBytes: 2,
    samples: opusPacketSamples,
  };
}

function vorbis(packet: Uint8Array): OggCodec | null {
  const identification = parseVorbisIdentification(packet);
  if (!identification) return null;
  let count: (firstByte: number, length: number) => number = () => 0;
  return {
    ...NO_SETUP,
    codec: "Vorbis",
    sampleRate: identification.sampleRate,
    headerPackets: 3,
    headBytes: 1,
    setupTailBytes: VORBIS_SETUP_TAIL_BYTES,
    setup: (tail) => {
      const modes = parseVorbisModes(tail);
      if (!modes) throw new UnreadableAudio("has a broken Vorbis setup header");
      count = vorbisPacketCounter(identification, modes);
    },
    samples: (head, length) => count(head[0] ?? 0, length),
  };
}

/** RFC 9639 section 10.1. However many packets of metadata follow, none looks like a frame. */
function flac(packet: Uint8Array): OggCodec | null {
  if (packet.length < 51) return null;
  const sampleRate = viewOf(packet).getUint32(27) >>> 12;
  if (!isSampleRate(sampleRate)) return null;
  return {
    ...NO_SETUP,
    codec: "FLAC",
    sampleRate,
    headerPackets: 1,
    headBytes: MAX_FLAC_HEADER_BYTES,
    samples: (head, length) => (length < LEAST_FLAC_FRAME_BYTES ? 0 : flacFrameSamples(head)),
  };
}

/** The Speex Codec Manual, "Ogg file format": narrowband, wideband or ultra-wideband frames, some to a packet. */
function speex(packet: Uint8Array): OggCodec | null {
  if (packet.length < 80) return null;
  const view = viewOf(packet);
  const sampleRate = view.getUint32(36, true);
  const mode = view.getUint32(40, true);
  const framesPerPacket = view.getUint32(64, true);
  const extraHeaders = view.getUint32(68, true);
  if (!isSampleRate(sampleRate) || mode > 2 || framesPerPacket > MAX_SPEEX_FRAMES) return null;
  return {
    ...NO_SETUP,
    codec: "Speex",
    sampleRate,
    headerPackets: 2 + extraHeaders,
    headBytes: 0,
    // A silent frame takes five bits: more frames than fit are not there, whatever the header says.
    samples: (_, length) => Math.min(framesPerPacket, Math.floor((length * 8) / 5)) * (160 << mode),
  };
}
