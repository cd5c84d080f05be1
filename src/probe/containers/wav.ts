// WAVE in RIFF, and its 64-bit forms RF64 (EBU Tech 3306) and BW64 (ITU-R BS.2088): finds the format and the data chunk,
// whose size codecs/wave-codecs.ts turns into samples.
import { wavePcmData } from "../codecs/pcm-data.ts";
import { measureWaveData, type WaveFormat } from "../codecs/wave-codecs.ts";
import type { ContainerFormat } from "../container.ts";
import type { Reader } from "../reader.ts";
import { UnsupportedAudioError } from "../unsupported-audio-error.ts";
import { measureMpegAudio } from "./mpeg-audio.ts";

const RIFF_FORMS: readonly string[] = ["RIFF", "RF64", "BW64"];
const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** Steps charged for a chunk: valid recordings have few, and reading one takes longer than a frame. */
const CHUNK_COST = 10;
/** The fields of "ds64" up to the size of "data". */
const DS64_BYTES = 16;
const FMT_BYTES = 16;
/** The SubFormat of WAVEFORMATEXTENSIBLE: a GUID that starts with a format tag, or one of its own. */
const SUB_FORMAT_AT = 24;
const EXTENSIBLE_FMT_BYTES = SUB_FORMAT_AT + 4;
const MAX_U32 = 0xffffffff;
/** Sizes that a recorder writes before it knows the real one. */
const UNKNOWN_SIZES: ReadonlySet<number> = new Set([0, MAX_U32]);

/** WAVE_FORMAT_MPEG holds any layer, as in Broadcast WAV (EBU Tech 3285 supplement 1). */
const MPEG_FORMAT_TAGS: ReadonlySet<number> = new Set([0x0050, 0x0055]);
const EXTENSIBLE_FORMAT_TAG = 0xfffe;

export const wav: ContainerFormat = {
  container: "WAVE",
  contentType: "audio/wav",
  magicBytes: RIFF_HEADER_BYTES,
  matches: (reader) => RIFF_FORMS.includes(reader.ascii(4)) && reader.ascii(4, 8) === "WAVE",

  async measure(reader) {
    reader.skip(RIFF_HEADER_BYTES);
    let format: WaveFormat | undefined;
    let dataBytes: number | undefined;
    let dataAt = 0;
    let longDataBytes: number | undefined;
    while ((format === undefined || dataBytes === undefined) && (await reader.need(CHUNK_HEADER_BYTES))) {
      reader.step(CHUNK_COST);
      const id = reader.ascii(4);
      const claimedBytes = reader.u32le(4);
      reader.skip(CHUNK_HEADER_BYTES);
      let chunkBytes = claimedBytes;
      if (id === "ds64") {
        await reader.require(DS64_BYTES);
        longDataBytes = reader.u64le(8);
      } else if (id === "fmt ") {
        format = await readFormat(reader, claimedBytes);
      } else if (id === "data") {
        dataBytes = availableDataBytes(reader, claimedBytes, longDataBytes);
        dataAt = reader.position;
        if (format && MPEG_FORMAT_TAGS.has(format.formatTag)) {
          return measureMpegAudio(reader, reader.position + dataBytes);
        }
        chunkBytes = dataBytes;
      }
      // A chunk of odd size is followed by a padding byte.
      reader.skip(chunkBytes + (chunkBytes % 2));
    }
    if (!format || dataBytes === undefined) {
      throw new UnsupportedAudioError("the format chunk or the data chunk is missing");
    }
    return { ...measureWaveData(format, dataBytes), pcm: wavePcmData(format, dataAt, dataBytes) };
  },
};

/** The bytes of a data chunk that are present. RF64 keeps the size in "ds64" when it exceeds 32 bits. */
function availableDataBytes(reader: Reader, claimedBytes: number, longDataBytes: number | undefined): number {
  const bytes = claimedBytes === MAX_U32 && longDataBytes !== undefined ? longDataBytes : claimedBytes;
  return UNKNOWN_SIZES.has(bytes) ? reader.remaining : Math.min(bytes, reader.remaining);
}

async function readFormat(reader: Reader, chunkBytes: number): Promise<WaveFormat> {
  await reader.require(FMT_BYTES);
  const format = {
    formatTag: reader.u16le(),
    channels: reader.u16le(2),
    sampleRate: reader.u32le(4),
    bytesPerSecond: reader.u32le(8),
    blockAlign: reader.u16le(12),
    bitsPerSample: reader.u16le(14),
  };
  if (format.formatTag !== EXTENSIBLE_FORMAT_TAG || chunkBytes < EXTENSIBLE_FMT_BYTES) return format;
  await reader.require(EXTENSIBLE_FMT_BYTES);
  return { ...format, formatTag: reader.u32le(SUB_FORMAT_AT) };
}
