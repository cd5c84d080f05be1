// Decodes PCM, from chunks that may end anywhere, to samples between minus and plus the full scale of their encoding.
import { dataViewOf } from "../../../src/probe/bytes.ts";
import { PCM_SAMPLE_BYTES, type PcmData, type PcmEncoding } from "../../../src/probe/codecs/pcm-data.ts";

/** Decodes `samples.length` samples that begin at `at`. */
type DecodeBlock = (bytes: Uint8Array, at: number, samples: Float64Array) => void;

/** With small blocks, V8 takes longer to optimise the loops below. */
const BLOCK_SAMPLES = 32 * 1024;
/** Of all recordings that are measured at the same time: a block for each would take 256 KiB. */
const sharedBlock = new Float64Array(BLOCK_SAMPLES);

export class PcmDecoder {
  readonly #sampleBytes: number;
  /** Of one sample of each channel. */
  readonly #frameBytes: number;
  readonly #decode: DecodeBlock;
  readonly #block: Float64Array;
  /** The beginning of a frame whose end is in the next chunk. */
  readonly #partial: Uint8Array;
  #partialBytes = 0;

  constructor({ encoding, channels }: Pick<PcmData, "encoding" | "channels">) {
    this.#sampleBytes = PCM_SAMPLE_BYTES[encoding];
    this.#frameBytes = this.#sampleBytes * channels;
    this.#decode = DECODERS[encoding];
    const blockSamples = BLOCK_SAMPLES - (BLOCK_SAMPLES % channels);
    this.#block = blockSamples > 0 ? sharedBlock.subarray(0, blockSamples) : new Float64Array(channels);
    this.#partial = new Uint8Array(this.#frameBytes);
  }

  /** Passes the frames that `chunk` completes to `receive`, in blocks that are valid during the call. */
  push(chunk: Uint8Array, receive: (samples: Float64Array) => void): void {
    let at = 0;
    if (this.#partialBytes > 0) {
      at = this.#keep(chunk.subarray(0, this.#frameBytes - this.#partialBytes));
      if (this.#partialBytes < this.#frameBytes) return;
      this.#partialBytes = 0;
      this.#decodeAll(this.#partial, receive);
    }
    const end = chunk.length - ((chunk.length - at) % this.#frameBytes);
    this.#decodeAll(chunk.subarray(at, end), receive);
    this.#keep(chunk.subarray(end));
  }

  /** Returns how many bytes it kept. */
  #keep(bytes: Uint8Array): number {
    this.#partial.set(bytes, this.#partialBytes);
    this.#partialBytes += bytes.length;
    return bytes.length;
  }

  #decodeAll(bytes: Uint8Array, receive: (samples: Float64Array) => void): void {
    const count = bytes.length / this.#sampleBytes;
    for (let first = 0; first < count; first += this.#block.length) {
      const samples = this.#block.subarray(0, count - first);
      this.#decode(bytes, first * this.#sampleBytes, samples);
      receive(samples);
    }
  }
}

// One loop for each sample size: a function call per sample would take several times as long. The usual sizes are read
// from bytes: until V8 has fully optimised a loop, the methods of DataView take several times as long.

const byTable =
  (levels: Float64Array): DecodeBlock =>
  (bytes, at, samples) => {
    for (let i = 0; i < samples.length; i += 1) samples[i] = levels[bytes[at + i] as number] as number;
  };

/** The most common encoding. Int16Array has the byte order of the processor, little-endian wherever workerd runs. */
const int16le: DecodeBlock = (bytes, at, samples) => {
  const block = bytes.subarray(at, at + 2 * samples.length);
  const { buffer, byteOffset } = block.byteOffset % 2 === 0 ? block : block.slice();
  samples.set(new Int16Array(buffer, byteOffset, samples.length));
};

const int16be: DecodeBlock = (bytes, at, samples) => {
  for (let i = 0, p = at; i < samples.length; i += 1, p += 2) {
    samples[i] = (((bytes[p] as number) << 24) >> 16) | (bytes[p + 1] as number);
  }
};

const int24 = (littleEndian: boolean): DecodeBlock => {
  const [high, low] = littleEndian ? [2, 0] : [0, 2];
  return (bytes, at, samples) => {
    for (let i = 0, p = at; i < samples.length; i += 1, p += 3) {
      const value =
        ((bytes[p + high] as number) << 24) |
        ((bytes[p + 1] as number) << 16) |
        ((bytes[p + low] as number) << 8);
      samples[i] = value >> 8;
    }
  };
};

const int32 =
  (littleEndian: boolean): DecodeBlock =>
  (bytes, at, samples) => {
    const view = dataViewOf(bytes);
    for (let i = 0; i < samples.length; i += 1) samples[i] = view.getInt32(at + 4 * i, littleEndian);
  };

const float32 =
  (littleEndian: boolean): DecodeBlock =>
  (bytes, at, samples) => {
    const view = dataViewOf(bytes);
    for (let i = 0; i < samples.length; i += 1)
      samples[i] = played(view.getFloat32(at + 4 * i, littleEndian));
  };

const float64 =
  (littleEndian: boolean): DecodeBlock =>
  (bytes, at, samples) => {
    const view = dataViewOf(bytes);
    for (let i = 0; i < samples.length; i += 1)
      samples[i] = played(view.getFloat64(at + 8 * i, littleEndian));
  };

/** A float as it is played: clipped at full scale; not a number is silence. */
function played(value: number): number {
  if (value > 1) return 1;
  if (value < -1) return -1;
  return Number.isNaN(value) ? 0 : value;
}

const levelsOf = (decode: (byte: number) => number) =>
  byTable(Float64Array.from({ length: 256 }, (_, byte) => decode(byte)));

/** ITU-T G.711, scaled to 16 bits. */
function decodeALaw(byte: number): number {
  const code = byte ^ 0x55;
  const exponent = (code >> 4) & 7;
  const mantissa = ((code & 15) << 4) + (exponent === 0 ? 8 : 0x108);
  const magnitude = mantissa << Math.max(0, exponent - 1);
  return (code & 0x80 ? magnitude : -magnitude) / 2 ** 15;
}

/** ITU-T G.711, scaled to 16 bits. */
function decodeMuLaw(byte: number): number {
  const code = ~byte & 0xff;
  const magnitude = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
  return (code & 0x80 ? -magnitude : magnitude) / 2 ** 15;
}

/** What a sample of each encoding is relative to. */
export const FULL_SCALES: Readonly<Record<PcmEncoding, number>> = {
  u8: 1,
  s8: 1,
  s16le: 2 ** 15,
  s16be: 2 ** 15,
  s24le: 2 ** 23,
  s24be: 2 ** 23,
  s32le: 2 ** 31,
  s32be: 2 ** 31,
  f32le: 1,
  f32be: 1,
  f64le: 1,
  f64be: 1,
  alaw: 1,
  mulaw: 1,
};

const DECODERS: Readonly<Record<PcmEncoding, DecodeBlock>> = {
  u8: levelsOf((byte) => (byte - 128) / 128),
  s8: levelsOf((byte) => ((byte << 24) >> 24) / 128),
  s16le: int16le,
  s16be: int16be,
  s24le: int24(true),
  s24be: int24(false),
  s32le: int32(true),
  s32be: int32(false),
  f32le: float32(true),
  f32be: float32(false),
  f64le: float64(true),
  f64be: float64(false),
  alaw: levelsOf(decodeALaw),
  mulaw: levelsOf(decodeMuLaw),
};
