// Decodes PCM to samples between -1 and 1, from chunks that may end anywhere in a sample. Holds one block of samples.
import { dataViewOf } from "../../../src/probe/bytes.ts";
import { PCM_SAMPLE_BYTES, type PcmEncoding } from "../../../src/probe/codecs/pcm-data.ts";

/** Decodes `samples.length` samples that begin at `at`. */
type DecodeBlock = (view: DataView, at: number, samples: Float64Array) => void;

const MAX_BLOCK_SAMPLES = 4096;

export class PcmDecoder {
  readonly #sampleBytes: number;
  readonly #decode: DecodeBlock;
  readonly #block = new Float64Array(MAX_BLOCK_SAMPLES);
  /** The beginning of a sample whose end is in the next chunk. */
  readonly #partial: Uint8Array;
  #partialBytes = 0;

  constructor(encoding: PcmEncoding) {
    this.#sampleBytes = PCM_SAMPLE_BYTES[encoding];
    this.#decode = DECODERS[encoding];
    this.#partial = new Uint8Array(this.#sampleBytes);
  }

  /** Passes the samples that `chunk` completes to `receive`, in blocks that are valid during the call. */
  push(chunk: Uint8Array, receive: (samples: Float64Array) => void): void {
    let at = 0;
    if (this.#partialBytes > 0) {
      at = this.#keep(chunk.subarray(0, this.#sampleBytes - this.#partialBytes));
      if (this.#partialBytes < this.#sampleBytes) return;
      this.#partialBytes = 0;
      this.#decodeAll(this.#partial, receive);
    }
    const end = chunk.length - ((chunk.length - at) % this.#sampleBytes);
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
    const view = dataViewOf(bytes);
    const count = bytes.length / this.#sampleBytes;
    for (let first = 0; first < count; first += MAX_BLOCK_SAMPLES) {
      const samples = this.#block.subarray(0, Math.min(MAX_BLOCK_SAMPLES, count - first));
      this.#decode(view, first * this.#sampleBytes, samples);
      receive(samples);
    }
  }
}

// One loop for each sample size: a function call per sample would take several times as long.

const byTable =
  (levels: Float64Array): DecodeBlock =>
  (view, at, samples) => {
    for (let i = 0; i < samples.length; i += 1) samples[i] = levels[view.getUint8(at + i)] ?? 0;
  };

const int16 =
  (littleEndian: boolean): DecodeBlock =>
  (view, at, samples) => {
    for (let i = 0; i < samples.length; i += 1)
      samples[i] = view.getInt16(at + 2 * i, littleEndian) / 2 ** 15;
  };

const int24 = (littleEndian: boolean): DecodeBlock => {
  const highAt = littleEndian ? 2 : 0;
  const lowAt = littleEndian ? 0 : 2;
  return (view, at, samples) => {
    for (let i = 0; i < samples.length; i += 1) {
      const sampleAt = at + 3 * i;
      const high = view.getInt8(sampleAt + highAt);
      const value = (high << 16) | (view.getUint8(sampleAt + 1) << 8) | view.getUint8(sampleAt + lowAt);
      samples[i] = value / 2 ** 23;
    }
  };
};

const int32 =
  (littleEndian: boolean): DecodeBlock =>
  (view, at, samples) => {
    for (let i = 0; i < samples.length; i += 1)
      samples[i] = view.getInt32(at + 4 * i, littleEndian) / 2 ** 31;
  };

const float32 =
  (littleEndian: boolean): DecodeBlock =>
  (view, at, samples) => {
    for (let i = 0; i < samples.length; i += 1)
      samples[i] = played(view.getFloat32(at + 4 * i, littleEndian));
  };

const float64 =
  (littleEndian: boolean): DecodeBlock =>
  (view, at, samples) => {
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

const DECODERS: Readonly<Record<PcmEncoding, DecodeBlock>> = {
  u8: levelsOf((byte) => (byte - 128) / 128),
  s8: levelsOf((byte) => ((byte << 24) >> 24) / 128),
  s16le: int16(true),
  s16be: int16(false),
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
