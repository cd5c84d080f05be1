// Codecs of AVI and WAVE in Matroska ("A_MS/ACM"): CodecPrivate is WAVEFORMATEX of mmreg.h. A sample takes at least what
// the channels, the bits and the block size say.
import { dataViewOf } from "../../bytes.ts";
import { parseAacConfig } from "../../codecs/aac-config.ts";
import { aacPackets, ac3Packets, mpegPackets, type PacketCodec } from "../../codecs/packet-codec.ts";
import { MIN_WMA_BYTES_PER_SECOND, parseWmaFrames, wmaFramesInBlock } from "../../codecs/wma.ts";
import { isSupportedSampleRate } from "../../sample-rate.ts";
import type { CodecDescription } from "./codecs.ts";
import { blockPackets, floatPackets, integerPackets, samplePackets } from "./pcm.ts";
import { unsupportedInMatroska } from "./unsupported-names.ts";

interface WaveFormat {
  samplingFrequency: number;
  channels: number;
  blockBytes: number;
  bitDepth: number;
  /** What follows the fixed fields. */
  extra: Uint8Array;
}

const WAVE_FORMAT_BYTES = 16;
/** With cbSize, which precedes the codec's own bytes. */
const WAVE_FORMAT_EX_BYTES = 18;
/** WAVEFORMATEXTENSIBLE: the format tag starts its SubFormat. */
const EXTENSIBLE = { tag: 0xfffe, subFormatAt: 24, bytes: 26 } as const;

/** One byte a sample, whatever the format states. */
const g711 = (codec: string, format: WaveFormat) =>
  samplePackets(codec, { ...format, bitDepth: 8 }, 1, format.blockBytes);

/** Four bits a sample, without headers. */
const nibbles = (codec: string, format: WaveFormat) =>
  blockPackets({ ...format, codec, bitDepth: null, blockBytes: format.channels, blockSamples: 2 });

/** Sizes of a sample that IMA ADPCM has besides the usual four bits. */
const IMA_BITS: ReadonlySet<number> = new Set([2, 3, 5]);

/** Blocks of a header for each channel that holds samples, then samples of `bits`. */
function adpcm(codec: string, format: WaveFormat, header: { bytes: number; samples: number }, bits = 4) {
  const { channels, blockBytes } = format;
  const blockSamples = Math.floor(((blockBytes / channels - header.bytes) * 8) / bits) + header.samples;
  return blockPackets({ ...format, codec, bitDepth: null, blockSamples });
}

const ACM_CODECS: ReadonlyMap<number, (format: WaveFormat) => PacketCodec | null> = new Map([
  [0x01, (format) => integerPackets(format, format.blockBytes)],
  [0x02, (format) => adpcm("Microsoft ADPCM", format, { bytes: 7, samples: 2 })],
  [0x03, (format) => floatPackets(format, format.blockBytes)],
  [0x06, (format) => g711("A-law", format)],
  [0x07, (format) => g711("µ-law", format)],
  [
    0x11,
    (format) => {
      const bits = IMA_BITS.has(format.bitDepth) ? format.bitDepth : 4;
      return adpcm("IMA ADPCM", format, { bytes: 4, samples: 1 }, bits);
    },
  ],
  [0x20, (format) => nibbles("Yamaha ADPCM", format)],
  [0x28f, (format) => nibbles("G.722", format)],
  [
    0x31,
    (format) =>
      blockPackets({ ...format, codec: "GSM 6.10", bitDepth: null, blockBytes: 65, blockSamples: 320 }),
  ],
  [0x50, () => mpegPackets("MP2")],
  [0x55, () => mpegPackets("MP3")],
  [0xff, aac],
  [0x160, (format) => wma("WMA 1", 0x160, format)],
  [0x161, (format) => wma("WMA 2", 0x161, format)],
  [0x2000, () => ac3Packets("AC-3")],
]);
/** What users call those that are recognised and not counted. */
const UNSUPPORTED_NAMES: ReadonlyMap<number, string> = new Map([
  [0x0a, "WMA Voice"],
  [0x45, "G.726"],
  [0x162, "WMA Professional"],
  [0x163, "WMA Lossless"],
  [0x2001, "DTS"],
]);

/** The extra bytes are the AudioSpecificConfig. */
function aac({ extra, channels }: WaveFormat): PacketCodec | null {
  const config = parseAacConfig(extra);
  const isValid = config.frameSamples > 0 && isSupportedSampleRate(config.sampleRate);
  return isValid ? aacPackets(config, channels) : null;
}

/** A packet is a block. The first frame only overlaps the second and yields no samples. */
function wma(codec: string, formatTag: number, format: WaveFormat): PacketCodec | null {
  const { samplingFrequency, channels, blockBytes, extra } = format;
  const frames = parseWmaFrames(formatTag, extra, samplingFrequency);
  if (!frames || !isSupportedSampleRate(samplingFrequency) || blockBytes === 0) return null;
  let blocks = 0;
  let silentFrames = 1;
  return {
    facts: { codec, sampleRateHz: samplingFrequency, channels, bitsPerSample: null },
    frameSeconds(head, length) {
      if (length < blockBytes) return 0;
      const count = wmaFramesInBlock(head[0] ?? 0, frames.hasBitReservoir, blocks++ === 0);
      const audible = Math.max(0, count - silentFrames);
      silentFrames -= count - audible;
      const seconds = (audible * frames.samples) / samplingFrequency;
      return Math.min(seconds, length / MIN_WMA_BYTES_PER_SECOND);
    },
  };
}

/** Null when the format is truncated or invalid. */
export function prepareAcm({ privateHead }: CodecDescription): PacketCodec | null {
  if (privateHead.length < WAVE_FORMAT_BYTES) return null;
  const view = dataViewOf(privateHead);
  const statedTag = view.getUint16(0, true);
  const isExtensible = statedTag === EXTENSIBLE.tag && privateHead.length >= EXTENSIBLE.bytes;
  const tag = isExtensible ? view.getUint16(EXTENSIBLE.subFormatAt, true) : statedTag;
  const format = {
    channels: view.getUint16(2, true),
    samplingFrequency: view.getUint32(4, true),
    blockBytes: view.getUint16(12, true),
    bitDepth: view.getUint16(14, true),
    extra: privateHead.subarray(WAVE_FORMAT_EX_BYTES),
  };
  const prepare = ACM_CODECS.get(tag);
  if (!prepare) throw unsupportedInMatroska(UNSUPPORTED_NAMES.get(tag) ?? `format tag ${tag}`);
  return format.channels > 0 ? prepare(format) : null;
}
