// The elementary stream descriptor (`esds`) of MPEG-4 (ISO/IEC 14496-1 section 7.2.6), which names MPEG's own codecs.
import { isMpegAudioObjectType, parseAacConfig } from "../../codecs/aac-config.ts";
import {
  MAX_MPEG_FRAME_SAMPLES,
  MIN_LAYER_3_FRAME_SAMPLES,
  MIN_MPEG_1_SAMPLE_RATE,
  MIN_MPEG_FRAME_BYTES,
} from "../../codecs/mpeg-frame.ts";
import { isSupportedSampleRate } from "../../sample-rate.ts";
import { invalidFormat, UnsupportedAudioError, unsupportedCodec } from "../../unsupported-audio-error.ts";

/** What the samples of a track hold: one frame each, of a duration within bounds, or bytes at a fixed rate. */
export type SampleDescription = { codec: string; minBytes: number } & (
  | { kind: "frames"; minSampleSeconds: number; maxSampleSeconds: number }
  | { kind: "bytes"; bytesPerSecond: number }
);

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
} as const;

/**
 * Parses the descriptors that start at `start`; `sampleRate` is that of the sample description.
 * @throws {UnsupportedAudioError} when a descriptor is malformed or the codec is not supported
 */
export function parseEsds(view: DataView, start: number, sampleRate: number): SampleDescription {
  let at = start;
  const enterDescriptor = (tag: number) => {
    if (view.getUint8(at) !== tag) throw new UnsupportedAudioError("the codec configuration is malformed");
    at += 1;
    for (let bytes = 1; bytes < MAX_LENGTH_BYTES && view.getUint8(at) & LENGTH_CONTINUES; bytes++) at += 1;
    at += 1;
  };
  enterDescriptor(DESCRIPTOR_TAG.esDescriptor);
  const flags = view.getUint8(at + ES_FLAGS_AT);
  at += ES_FLAGS_AT + 1 + (flags & ES_FLAG.streamDependence ? 2 : 0) + (flags & ES_FLAG.ocrStream ? 2 : 0);
  if (flags & ES_FLAG.url) throw new UnsupportedAudioError("the audio is stored outside the recording");
  enterDescriptor(DESCRIPTOR_TAG.decoderConfig);
  const objectType = view.getUint8(at);
  if (objectType === OBJECT_TYPE.mpeg2Audio || objectType === OBJECT_TYPE.mpeg1Audio) {
    return describeMpegAudio(sampleRate);
  }
  const isMpeg2Aac = objectType >= OBJECT_TYPE.mpeg2AacMain && objectType <= OBJECT_TYPE.mpeg2AacSsr;
  if (objectType !== OBJECT_TYPE.mpeg4Audio && !isMpeg2Aac) {
    throw unsupportedCodec(`MPEG-4 object type ${objectType}`);
  }
  at += DECODER_CONFIG_BYTES;
  enterDescriptor(DESCRIPTOR_TAG.decoderSpecificInfo);
  return describeAac(view, at);
}

function describeAac(view: DataView, start: number): SampleDescription {
  const config = parseAacConfig(new Uint8Array(view.buffer, start));
  const { objectType, sampleRate, frameSamples, minFrameBytes } = config;
  if (frameSamples > 0) return describeFrames({ codec: "AAC", sampleRate, frameSamples, minFrameBytes });
  if (isMpegAudioObjectType(objectType)) return describeMpegAudio(sampleRate);
  throw unsupportedCodec(`MPEG-4 audio object type ${objectType}`);
}

/** MP3 or MP2, which are not told apart: at low sample rates layer III has half the samples of layer II. */
export const describeMpegAudio = (sampleRate: number): SampleDescription =>
  describeFrames({
    codec: "MP3",
    sampleRate,
    frameSamples: MAX_MPEG_FRAME_SAMPLES,
    minFrameSamples: sampleRate < MIN_MPEG_1_SAMPLE_RATE ? MIN_LAYER_3_FRAME_SAMPLES : MAX_MPEG_FRAME_SAMPLES,
    minFrameBytes: MIN_MPEG_FRAME_BYTES,
  });

/**
 * Samples that hold a frame each.
 * @throws {UnsupportedAudioError} when the sample rate or the frame size is invalid
 */
export function describeFrames(options: {
  codec: string;
  sampleRate: number;
  /** The most that a frame holds. */
  frameSamples: number;
  /** The least that a frame holds, where that differs. */
  minFrameSamples?: number;
  minFrameBytes: number;
}): SampleDescription {
  const { codec, sampleRate, frameSamples, minFrameSamples = frameSamples, minFrameBytes } = options;
  if (!isSupportedSampleRate(sampleRate) || frameSamples === 0) throw invalidFormat();
  return {
    kind: "frames",
    codec,
    minSampleSeconds: Math.min(minFrameSamples, frameSamples) / sampleRate,
    maxSampleSeconds: frameSamples / sampleRate,
    minBytes: minFrameBytes,
  };
}
