// AIFF and AIFF-C (Apple, Audio Interchange File Format, 1989 and 1991): chunks around one block of samples.
import { type Format, isSampleRate } from "../container.ts";
import { type Reader, UnreadableAudio } from "../reader.ts";

interface CommonChunk {
  channels: number;
  /** As claimed; 0 when it wasn't known yet. */
  frames: number;
  bits: number;
  sampleRate: number;
  compression: string;
}

/** "COMM" and "SSND" */
const COMM = 0x434f4d4d;
const SSND = 0x53534e44;
const CHUNK_HEADER_BYTES = 8;
const COMM_BYTES = 18;
const COMPRESSION_BYTES = 4;
/** Offset and block size, before the samples. */
const SSND_HEADER_BYTES = 8;
/** A size that a recorder wrote before it knew it. */
const UNKNOWN_SIZES: ReadonlySet<number> = new Set([0, SSND_HEADER_BYTES, 0xffffffff]);

const PCM = { codec: "PCM" };
const FLOAT_32 = { codec: "IEEE float", bits: 32 };
const FLOAT_64 = { codec: "IEEE float", bits: 64 };
const MU_LAW = { codec: "µ-law", bits: 8 };
const A_LAW = { codec: "A-law", bits: 8 };
/** By compression type: the size of a sample where the codec decides it. A block of IMA ADPCM has 64 in 34 bytes. */
const CODECS: Readonly<Record<string, { codec: string; bits?: number; blockFrames?: number }>> = {
  ...{ NONE: PCM, twos: PCM, sowt: PCM, "raw ": PCM },
  ...{ in24: { codec: "PCM", bits: 24 }, in32: { codec: "PCM", bits: 32 } },
  ...{ fl32: FLOAT_32, FL32: FLOAT_32, fl64: FLOAT_64, FL64: FLOAT_64 },
  ...{ ulaw: MU_LAW, ULAW: MU_LAW, alaw: A_LAW, ALAW: A_LAW },
  ima4: { codec: "IMA ADPCM", bits: 4.25, blockFrames: 64 },
};

export const aiff: Format = {
  container: "AIFF",
  contentType: "audio/aiff",
  magicBytes: 12,
  matches: (reader) => reader.ascii(4) === "FORM" && ["AIFF", "AIFC"].includes(reader.ascii(4, 8)),

  async measure(reader) {
    const isCompressed = reader.ascii(4, 8) === "AIFC";
    reader.skip(12);
    let common: CommonChunk | undefined;
    let soundBytes: number | undefined;
    while (!(common && soundBytes !== undefined) && (await reader.need(CHUNK_HEADER_BYTES))) {
      reader.step();
      const id = reader.u32();
      const claimed = reader.u32(4);
      reader.skip(CHUNK_HEADER_BYTES);
      let size = claimed;
      if (id === COMM) {
        common ??= await readCommonChunk(reader, isCompressed);
      } else if (id === SSND) {
        if (!(await reader.need(SSND_HEADER_BYTES))) break;
        const isKnown = !UNKNOWN_SIZES.has(claimed);
        size = isKnown ? Math.min(claimed, reader.remaining) : reader.remaining;
        soundBytes = Math.max(0, size - SSND_HEADER_BYTES - reader.u32());
      }
      // A chunk of odd size is followed by a padding byte.
      reader.skip(size + (size % 2));
    }
    if (!common || soundBytes === undefined) throw new UnreadableAudio("has no format or no samples");
    const { channels, sampleRate, compression } = common;
    const known = CODECS[compression];
    if (!known) throw new UnreadableAudio(`has a codec not known here (${compression})`);
    const { codec, bits = Math.ceil(common.bits / 8) * 8, blockFrames = 1 } = known;
    if (!isSampleRate(sampleRate) || channels === 0 || bits === 0) {
      throw new UnreadableAudio("has an impossible format");
    }
    const blockBytes = (channels * blockFrames * bits) / 8;
    // IMA ADPCM's claim is in blocks.
    const blocks = Math.min(Math.floor(soundBytes / blockBytes), common.frames || Number.POSITIVE_INFINITY);
    return { codec, durationSeconds: (blocks * blockFrames) / sampleRate };
  },
};

async function readCommonChunk(reader: Reader, isCompressed: boolean): Promise<CommonChunk> {
  await reader.require(COMM_BYTES + (isCompressed ? COMPRESSION_BYTES : 0));
  return {
    channels: reader.u16(),
    frames: reader.u32(2),
    bits: reader.u16(6),
    sampleRate: extended(reader, 8),
    compression: isCompressed ? reader.ascii(COMPRESSION_BYTES, COMM_BYTES) : "NONE",
  };
}

/** An 80-bit float (IEEE 754 extended): 15 bits of exponent, 64 of mantissa. No rate is negative. */
function extended(reader: Reader, at: number): number {
  const exponent = (reader.u16(at) & 0x7fff) - 16383 - 63;
  return reader.u64(at + 2) * 2 ** exponent;
}
