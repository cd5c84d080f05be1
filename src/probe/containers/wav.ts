// RIFF/WAVE, with its 64-bit form RF64 (EBU Tech 3306, ITU-R BS.2088 BW64): chunks around one block of samples.
import { type Format, isSampleRate } from "../container.ts";
import { type Reader, UnreadableAudio } from "../reader.ts";
import { measureMpeg } from "./mpeg-audio.ts";

interface WaveFormat {
  tag: number;
  channels: number;
  sampleRate: number;
  blockAlign: number;
  bitsPerSample: number;
}

const CHUNK_HEADER_BYTES = 8;
/** There are few, and they take longer than a frame. */
const STEPS_OF_A_CHUNK = 10;
const FMT_BYTES = 16;
/** As far as the sub-format of WAVE_FORMAT_EXTENSIBLE. */
const EXTENSIBLE_BYTES = 26;
const EXTENSIBLE = 0xfffe;
const MPEG_LAYER_3 = 0x55;
/** A size that a recorder wrote before it knew it. */
const UNKNOWN_SIZES: ReadonlySet<number> = new Set([0, 0xffffffff]);

/** How many sample frames `bytes` hold, by format tag (mmreg.h): from what a block holds, not from what is claimed. */
const CODECS: Readonly<
  Record<number, { codec: string; frames: (format: WaveFormat, bytes: number) => number }>
> = {
  1: { codec: "PCM", frames: perSample },
  2: { codec: "Microsoft ADPCM", frames: perBlock((bytes) => 2 * (bytes - 7) + 2) },
  3: { codec: "IEEE float", frames: perSample },
  6: { codec: "A-law", frames: perSample },
  7: { codec: "µ-law", frames: perSample },
  17: { codec: "IMA ADPCM", frames: perBlock((bytes) => 2 * (bytes - 4) + 1) },
  49: { codec: "GSM 6.10", frames: (_, bytes) => Math.floor(bytes / 65) * 320 },
  69: { codec: "G.726", frames: ({ bitsPerSample }, bytes) => (bytes * 8) / Math.max(bitsPerSample, 2) },
};

function perSample({ channels, bitsPerSample }: WaveFormat, bytes: number): number {
  return Math.floor(bytes / (channels * Math.max(1, Math.ceil(bitsPerSample / 8))));
}

function perBlock(samplesIn: (bytesPerChannel: number) => number) {
  return ({ channels, blockAlign }: WaveFormat, bytes: number): number => {
    const inBlock = (blockBytes: number) => Math.max(0, samplesIn(blockBytes / channels));
    if (blockAlign === 0) return 0;
    return Math.floor(bytes / blockAlign) * inBlock(blockAlign) + inBlock(bytes % blockAlign);
  };
}

export const wav: Format = {
  container: "WAVE",
  contentType: "audio/wav",
  magicBytes: 12,
  matches: (reader) => ["RIFF", "RF64", "BW64"].includes(reader.ascii(4)) && reader.ascii(4, 8) === "WAVE",

  async measure(reader) {
    reader.skip(12);
    let format: WaveFormat | undefined;
    let dataBytes: number | undefined;
    let longDataBytes: number | undefined;
    while ((format === undefined || dataBytes === undefined) && (await reader.need(CHUNK_HEADER_BYTES))) {
      reader.step(STEPS_OF_A_CHUNK);
      const id = reader.ascii(4);
      const claimed = reader.u32le(4);
      reader.skip(CHUNK_HEADER_BYTES);
      if (id === "ds64") {
        await reader.require(16);
        longDataBytes = reader.u64le(8);
      } else if (id === "fmt ") {
        format = await readFormat(reader, claimed);
      } else if (id === "data") {
        const size = claimed === 0xffffffff && longDataBytes !== undefined ? longDataBytes : claimed;
        dataBytes = UNKNOWN_SIZES.has(size) ? reader.remaining : Math.min(size, reader.remaining);
        if (format?.tag === MPEG_LAYER_3) return measureMpeg(reader, reader.position + dataBytes);
        reader.skip(dataBytes + (dataBytes % 2));
        continue;
      }
      // A chunk of odd size is followed by a padding byte.
      reader.skip(claimed + (claimed % 2));
    }
    if (!format || dataBytes === undefined) throw new UnreadableAudio("has no format or no samples");
    const known = CODECS[format.tag];
    if (!known) throw new UnreadableAudio(`has a codec not known here (format tag ${format.tag})`);
    if (!isSampleRate(format.sampleRate) || format.channels === 0) {
      throw new UnreadableAudio("has an impossible format");
    }
    return { codec: known.codec, durationSeconds: known.frames(format, dataBytes) / format.sampleRate };
  },
};

async function readFormat(reader: Reader, size: number): Promise<WaveFormat> {
  await reader.require(FMT_BYTES);
  const format = {
    tag: reader.u16le(),
    channels: reader.u16le(2),
    sampleRate: reader.u32le(4),
    blockAlign: reader.u16le(12),
    bitsPerSample: reader.u16le(14),
  };
  if (format.tag !== EXTENSIBLE || size < EXTENSIBLE_BYTES) return format;
  await reader.require(EXTENSIBLE_BYTES);
  return { ...format, tag: reader.u16le(24) };
}
