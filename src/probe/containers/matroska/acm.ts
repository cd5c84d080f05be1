// Codecs of AVI and WAVE in Matroska ("A_MS/ACM"): CodecPrivate is WAVEFORMATEX of mmreg.h.
import { dataViewOf } from "../../bytes.ts";
import { parseAacConfig } from "../../codecs/aac-config.ts";
import { FORMAT_TAG_NAMES } from "../../codecs/format-tags.ts";
import { aacPackets, ac3Packets, mpegPackets, type PacketCodec } from "../../codecs/packet-codec.ts";
import { describeWaveData, type WaveFormat } from "../../codecs/wave-codecs.ts";
import {
  isSilentWmaBlock,
  MIN_WMA_BYTES_PER_SECOND,
  parseWmaFrames,
  wmaFramesInBlock,
} from "../../codecs/wma.ts";
import { isSupportedSampleRate } from "../../sample-rate.ts";
import type { CodecDescription } from "./codecs.ts";
import { unsupportedInMatroska } from "./unsupported-names.ts";

interface AcmFormat extends WaveFormat {
  /** What follows the fixed fields. */
  extra: Uint8Array;
}

const WAVE_FORMAT_BYTES = 16;
/** With cbSize, which precedes the codec's own bytes. */
const WAVE_FORMAT_EX_BYTES = 18;
/** WAVEFORMATEXTENSIBLE: the format tag starts its SubFormat. */
const EXTENSIBLE = { tag: 0xfffe, subFormatAt: 24, bytes: 26 } as const;

/** Codecs of packets; those of samples are in codecs/wave-codecs.ts. */
const PACKET_CODECS: ReadonlyMap<number, (format: AcmFormat) => PacketCodec | null> = new Map([
  [0x50, () => mpegPackets("MP2")],
  [0x55, () => mpegPackets("MP3")],
  [0xff, aac],
  [0x160, wma],
  [0x161, wma],
  [0x2000, () => ac3Packets("AC-3")],
]);

/** The extra bytes are the AudioSpecificConfig. */
function aac({ extra, channels }: AcmFormat): PacketCodec | null {
  const config = parseAacConfig(extra);
  const isValid = config.frameSamples > 0 && isSupportedSampleRate(config.sampleRate);
  return isValid ? aacPackets(config, channels) : null;
}

/** A packet is a block. The first frame only overlaps the second and yields no samples. */
function wma({ formatTag, sampleRate, channels, blockAlign, extra }: AcmFormat): PacketCodec | null {
  const frames = parseWmaFrames(formatTag, extra, sampleRate);
  if (!frames || !isSupportedSampleRate(sampleRate) || blockAlign === 0) return null;
  const codec = FORMAT_TAG_NAMES.get(formatTag) ?? "";
  const blocks = { ...frames, blockBytes: blockAlign };
  let isFirst = true;
  let silentFrames = 1;
  return {
    facts: { codec, sampleRateHz: sampleRate, channels, bitsPerSample: null },
    frameSeconds([first = 0], length) {
      if (length < blockAlign) return 0;
      const count = wmaFramesInBlock(blocks, first, isFirst);
      isFirst = false;
      const audible = Math.max(0, count - silentFrames);
      silentFrames -= count - audible;
      const seconds = (audible * frames.samples) / sampleRate;
      return isSilentWmaBlock(blocks, first) ? seconds : Math.min(seconds, length / MIN_WMA_BYTES_PER_SECOND);
    },
  };
}

/**
 * Null when the format is truncated or invalid.
 * @throws {UnsupportedAudioError} when the codec is not supported
 */
export function prepareAcm({ privateHead, samplingFrequency }: CodecDescription): PacketCodec | null {
  if (privateHead.length < WAVE_FORMAT_BYTES) return null;
  const view = dataViewOf(privateHead);
  const statedTag = view.getUint16(0, true);
  const isExtensible = statedTag === EXTENSIBLE.tag && privateHead.length >= EXTENSIBLE.bytes;
  const formatTag = isExtensible ? view.getUint16(EXTENSIBLE.subFormatAt, true) : statedTag;
  const statedRate = view.getUint32(4, true);
  if (!isSupportedSampleRate(statedRate)) return null;
  const format = {
    formatTag,
    channels: view.getUint16(2, true),
    // Players go by the track's own rate. A lower one here must not lengthen the recording.
    sampleRate: Math.max(statedRate, samplingFrequency),
    bytesPerSecond: view.getUint32(8, true),
    blockAlign: view.getUint16(12, true),
    bitsPerSample: view.getUint16(14, true),
    extra: privateHead.subarray(WAVE_FORMAT_EX_BYTES),
  };
  const prepare = PACKET_CODECS.get(formatTag);
  if (prepare) return format.channels > 0 ? prepare(format) : null;
  const data = describeWaveData(format);
  if (!data) throw unsupportedInMatroska(FORMAT_TAG_NAMES.get(formatTag) ?? `format tag ${formatTag}`);
  return { facts: data.facts, frameSeconds: (_, length) => data.secondsIn(length) };
}
