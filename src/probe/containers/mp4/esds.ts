// The elementary stream descriptor (`esds`) of MPEG-4 (ISO/IEC 14496-1 section 7.2.6), which names MPEG's own codecs.
import { aacFacts, isMpegAudioObjectType, parseAacConfig } from "../../codecs/aac-config.ts";
import { ac3Packets, mpegPackets, type PacketCodec, vorbisPackets } from "../../codecs/packet-codec.ts";
import { VORBIS_SETUP_TAIL_BYTES } from "../../codecs/vorbis-packet.ts";
import type { AudioFacts } from "../../container.ts";
import { isSupportedSampleRate } from "../../sample-rate.ts";
import { invalidFormat, UnsupportedAudioError } from "../../unsupported-audio-error.ts";
import { PacketSamples } from "./packet-samples.ts";
import { unsupportedInMp4 } from "./unsupported-names.ts";

/** What the samples of a track hold. */
export type SampleDescription = { facts: AudioFacts } /** Frames that state what they decode to. */ & (
  | { kind: "packets"; packets: PacketSamples }
  /** One frame each, all of one duration; smaller samples hold no audio. */
  | { kind: "frames"; minBytes: number; sampleSeconds: number }
  /** Bytes at a fixed rate, in units of `minBytes`. */
  | { kind: "bytes"; minBytes: number; bytesPerSecond: number }
);

export const describePackets = (codec: PacketCodec): SampleDescription => ({
  kind: "packets",
  facts: codec.facts,
  packets: new PacketSamples(codec),
});

/** Descriptor tags (ISO/IEC 14496-1 table 1). */
const DESCRIPTOR_TAG = { esDescriptor: 3, decoderConfig: 4, decoderSpecificInfo: 5 } as const;
/** A descriptor's length takes up to four bytes of seven bits (section 8.3.3). */
const MAX_LENGTH_BYTES = 4;
const LENGTH_CONTINUES = 0x80;
/** Flags of ES_Descriptor (section 7.2.6.5), after two bytes of ES_ID. */
const ES_FLAGS_AT = 2;
const ES_FLAG = { streamDependence: 0x80, url: 0x40, ocrStream: 0x20 } as const;
/** The fixed part of DecoderConfigDescriptor (section 7.2.6.6). */
const DECODER_CONFIG_BYTES = 13;
/** objectTypeIndication (table 5). */
const OBJECT_TYPE = {
  mpeg4Audio: 0x40,
  mpeg2AacMain: 0x66,
  mpeg2AacSsr: 0x68,
  mpeg2Audio: 0x69,
  mpeg1Audio: 0x6b,
  ac3: 0xa5,
  eac3: 0xa6,
  /** As ffmpeg and Nero write it. */
  vorbis: 0xdd,
} as const;
/** Those that are recognised and not counted. */
const UNSUPPORTED_OBJECT_TYPES: Readonly<Record<number, string>> = {
  169: "DTS",
  170: "DTS",
  171: "DTS",
  172: "DTS",
  209: "EVRC",
  225: "QCELP",
};
/** The same, by audioObjectType (ISO/IEC 14496-3 table 1.17). */
const UNSUPPORTED_AUDIO_OBJECT_TYPES: Readonly<Record<number, string>> = {
  8: "CELP",
  9: "HVXC",
  36: "MPEG-4 ALS",
  37: "MPEG-4 SLS",
  38: "MPEG-4 SLS",
  42: "xHE-AAC",
};

/**
 * Parses the descriptors that start at `start`; `statedChannels` are those of the sample description.
 * @throws {UnsupportedAudioError} when a descriptor is malformed or the codec is not supported
 */
export function parseEsds(view: DataView, start: number, statedChannels: number): SampleDescription {
  let at = start;
  /** Returns the length of the descriptor's content. */
  const enterDescriptor = (tag: number): number => {
    if (view.getUint8(at) !== tag) throw new UnsupportedAudioError("the codec configuration is malformed");
    let length = 0;
    for (let bytes = 1; bytes <= MAX_LENGTH_BYTES; bytes++) {
      at += 1;
      length = length * 128 + (view.getUint8(at) & ~LENGTH_CONTINUES);
      if (!(view.getUint8(at) & LENGTH_CONTINUES)) break;
    }
    at += 1;
    return length;
  };
  enterDescriptor(DESCRIPTOR_TAG.esDescriptor);
  const flags = view.getUint8(at + ES_FLAGS_AT);
  at += ES_FLAGS_AT + 1 + (flags & ES_FLAG.streamDependence ? 2 : 0) + (flags & ES_FLAG.ocrStream ? 2 : 0);
  if (flags & ES_FLAG.url) throw new UnsupportedAudioError("the audio is stored outside the recording");
  enterDescriptor(DESCRIPTOR_TAG.decoderConfig);
  const objectType = view.getUint8(at);
  if (objectType === OBJECT_TYPE.mpeg2Audio || objectType === OBJECT_TYPE.mpeg1Audio) {
    return describePackets(mpegPackets("MP3"));
  }
  if (objectType === OBJECT_TYPE.ac3) return describePackets(ac3Packets("AC-3"));
  if (objectType === OBJECT_TYPE.eac3) return describePackets(ac3Packets("E-AC-3"));
  const isMpeg2Aac = objectType >= OBJECT_TYPE.mpeg2AacMain && objectType <= OBJECT_TYPE.mpeg2AacSsr;
  const isVorbis = objectType === OBJECT_TYPE.vorbis;
  if (objectType !== OBJECT_TYPE.mpeg4Audio && !isMpeg2Aac && !isVorbis) {
    throw unsupportedInMp4(UNSUPPORTED_OBJECT_TYPES[objectType] ?? `MPEG-4 object type ${objectType}`);
  }
  at += DECODER_CONFIG_BYTES;
  const configBytes = enterDescriptor(DESCRIPTOR_TAG.decoderSpecificInfo);
  const available = Math.max(0, view.byteLength - at);
  const config = new Uint8Array(view.buffer, at, Math.min(configBytes, available));
  return isVorbis ? describeVorbis(config) : describeAac(config, statedChannels);
}

function describeVorbis(headers: Uint8Array): SampleDescription {
  const codec = vorbisPackets(headers, headers.subarray(-VORBIS_SETUP_TAIL_BYTES));
  if (!codec) throw invalidFormat();
  return describePackets(codec);
}

/** An AAC frame does not state its length: all have that of the configuration. */
function describeAac(bytes: Uint8Array, statedChannels: number): SampleDescription {
  const config = parseAacConfig(bytes);
  const { objectType, sampleRate, frameSamples, minFrameBytes } = config;
  if (isMpegAudioObjectType(objectType)) return describePackets(mpegPackets("MP3"));
  if (frameSamples === 0) {
    const name = UNSUPPORTED_AUDIO_OBJECT_TYPES[objectType];
    throw unsupportedInMp4(name ?? `MPEG-4 audio object type ${objectType}`);
  }
  if (!isSupportedSampleRate(sampleRate)) throw invalidFormat();
  return {
    kind: "frames",
    facts: aacFacts(config, statedChannels),
    minBytes: minFrameBytes,
    sampleSeconds: frameSamples / sampleRate,
  };
}
