// Codecs by their packets, for the containers that store whole packets: what a packet decodes to, by its own header.
import { dataViewOf } from "../bytes.ts";
import type { AudioFacts } from "../container.ts";
import { isSupportedSampleRate } from "../sample-rate.ts";
import { type AacConfig, aacFacts } from "./aac-config.ts";
import { parseAc3Frame } from "./ac3-frame.ts";
import {
  type AlacConfig,
  alacFrameSamples,
  MAX_ALAC_FRAME_SAMPLES,
  MIN_ALAC_FRAME_BYTES,
} from "./alac-config.ts";
import { AMR_FRAME_SECONDS, type AmrVariant, amrFrameBytes } from "./amr-frame.ts";
import { MAX_FLAC_FRAME_HEADER_BYTES, MIN_FLAC_FRAME_BYTES, parseFlacFrameHeader } from "./flac-frame.ts";
import { parseMpegFrameHeader } from "./mpeg-frame.ts";
import { OPUS_SAMPLE_RATE, opusPacketSamples } from "./opus-packet.ts";
import { createVorbisPacketCounter, parseVorbisIdentification, parseVorbisModes } from "./vorbis-packet.ts";

/** The packets of one stream, which must be given in order. */
export interface PacketCodec {
  /** Complete after the first valid frame. */
  readonly facts: AudioFacts;
  /** Seconds that a frame of `length` bytes decodes to; 0 when it is none. `head` holds zeros past its end. */
  frameSeconds: (head: Uint8Array, length: number) => number;
  /** Where a packet can hold several frames: the length of the one that {@link frameSeconds} saw last. */
  frameBytes?: () => number;
  /** Where the first packet yields no samples: the seconds that a container gives it nevertheless. */
  silentSeconds?: () => number;
}

/** The longest frame header of these codecs, which is FLAC's. */
export const FRAME_HEAD_BYTES = MAX_FLAC_FRAME_HEADER_BYTES;

const unstated = (codec: string): AudioFacts => ({
  codec,
  sampleRateHz: null,
  channels: null,
  bitsPerSample: null,
});
/** null for a field that states nothing. */
const stated = (value: number): number | null => value || null;

/** Every packet states its frames in its first two bytes (RFC 6716 section 3.1). */
export const opusPackets = (channels: number): PacketCodec => ({
  facts: { ...unstated("Opus"), sampleRateHz: OPUS_SAMPLE_RATE, channels: stated(channels) },
  frameSeconds: (head, length) => opusPacketSamples(head, length) / OPUS_SAMPLE_RATE,
});

/**
 * Null for invalid headers. `head` and `tail` are the start and the end of the three headers, which the number of headers
 * less one and the sizes of the first two precede as in Xiph lacing.
 */
export function vorbisPackets(head: Uint8Array, tail: Uint8Array): PacketCodec | null {
  let at = 1;
  const [identificationBytes = 0] = [0, 0].map(() => {
    const start = at;
    while (head[at] === 0xff) at += 1;
    return (at - start) * 255 + (head[at++] ?? 0);
  });
  const identification = parseVorbisIdentification(head.subarray(at, at + identificationBytes));
  const modes = parseVorbisModes(tail);
  if (!identification || !modes) return null;
  const { sampleRate, channels } = identification;
  const createCounter = () => createVorbisPacketCounter(identification, modes);
  const count = createCounter();
  let silentSeconds = 0;
  return {
    facts: { ...unstated("Vorbis"), sampleRateHz: sampleRate, channels: stated(channels) },
    frameSeconds([first = 0], length) {
      const samples = count(first, length);
      if (samples === 0 && silentSeconds === 0) {
        const countLikeIt = createCounter();
        silentSeconds = (countLikeIt(first, length) + countLikeIt(first, length)) / sampleRate;
      }
      return samples / sampleRate;
    },
    silentSeconds: () => silentSeconds,
  };
}

/** An AAC frame does not state its length: all have that of the configuration. */
export const aacPackets = (config: AacConfig, statedChannels: number): PacketCodec => ({
  facts: aacFacts(config, statedChannels),
  frameSeconds: (_, length) => (length >= config.minFrameBytes ? config.frameSamples / config.sampleRate : 0),
});

/** MP1, MP2 or MP3; `codec` is what the container says. */
export function mpegPackets(codec: string): PacketCodec {
  const facts = unstated(codec);
  let frameBytes = 0;
  return {
    facts,
    frameSeconds(head, length) {
      const frame = parseMpegFrameHeader(dataViewOf(head).getUint32(0));
      frameBytes = frame?.frameBytes || length;
      // Free-format frames do not state their length. ffmpeg and browsers do not play them.
      if (!frame?.frameBytes || length < frame.frameBytes) return 0;
      facts.codec = `MP${frame.layer}`;
      facts.sampleRateHz ??= frame.sampleRate;
      facts.channels ??= frame.channels;
      return frame.samples / frame.sampleRate;
    },
    frameBytes: () => frameBytes,
  };
}

/** A frame states its rate and sample size itself, or leaves them to STREAMINFO. */
export function flacPackets(streamInfo: { sampleRate: number; bitsPerSample: number }): PacketCodec {
  const facts = unstated("FLAC");
  return {
    facts,
    frameSeconds(head, length) {
      const frame = length < MIN_FLAC_FRAME_BYTES ? null : parseFlacFrameHeader(head);
      const sampleRate = frame?.sampleRate || streamInfo.sampleRate;
      if (!frame || !isSupportedSampleRate(sampleRate)) return 0;
      facts.sampleRateHz ??= sampleRate;
      facts.channels ??= frame.channels;
      facts.bitsPerSample ??= stated(frame.bitsPerSample || streamInfo.bitsPerSample);
      return frame.samples / sampleRate;
    },
  };
}

/** Null for a configuration that no encoder writes. */
export function alacPackets(config: AlacConfig): PacketCodec | null {
  const { frameSamples, sampleRate, channels, bitsPerSample } = config;
  if (frameSamples === 0 || frameSamples > MAX_ALAC_FRAME_SAMPLES) return null;
  if (!isSupportedSampleRate(sampleRate)) return null;
  return {
    facts: {
      codec: "ALAC",
      sampleRateHz: sampleRate,
      channels: stated(channels),
      bitsPerSample: stated(bitsPerSample),
    },
    frameSeconds: (head, length) =>
      length < MIN_ALAC_FRAME_BYTES ? 0 : alacFrameSamples(head, frameSamples) / sampleRate,
  };
}

/** AC-3 or E-AC-3; `codec` is what the container says. */
export function ac3Packets(codec: "AC-3" | "E-AC-3"): PacketCodec {
  const facts = unstated(codec);
  let frameBytes = 0;
  return {
    facts,
    frameSeconds(head, length) {
      const frame = parseAc3Frame(head, length);
      frameBytes = frame?.frameBytes ?? length;
      if (!frame || frame.isFurtherSubstream) return 0;
      facts.codec = frame.codec;
      facts.sampleRateHz ??= frame.sampleRate;
      facts.channels ??= frame.channels;
      return frame.samples / frame.sampleRate;
    },
    frameBytes: () => frameBytes,
  };
}

export function amrPackets(variant: AmrVariant): PacketCodec {
  let frameBytes = 0;
  return {
    facts: { ...unstated(variant.codec), sampleRateHz: variant.sampleRate, channels: 1 },
    frameSeconds(head, length) {
      frameBytes = amrFrameBytes(variant, head[0] ?? 0);
      return length < frameBytes ? 0 : AMR_FRAME_SECONDS;
    },
    frameBytes: () => frameBytes,
  };
}
