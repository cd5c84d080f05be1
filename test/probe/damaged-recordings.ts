// Valid recordings, damaged at random, and what holds for each of them. `FUZZ_SEED` repeats a run.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect } from "vitest";
import { probeBytes } from "./memory-source.ts";

export const FUZZ_SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const MAX_BYTES = 60 * 1024;
const SHOWN_BYTES = 64;
const FIXTURES = join(import.meta.dirname, "../fixtures");
/**
 * The most seconds that a byte can hold, by the codec's smallest frame at the lowest sample rate that the probe accepts
 * (2000 Hz). No header may claim more.
 */
const MAX_SECONDS_PER_BYTE: Readonly<Record<string, number>> = {
  // 8 bits a sample, or as few as the codec has.
  ...{ PCM: 1 / 2000, "IEEE float": 1 / 2000, "µ-law": 1 / 2000, "A-law": 1 / 2000, SDX2: 1 / 2000 },
  ...{ "G.726": 4 / 2000, "IMA ADPCM": 4 / 2000, "Microsoft ADPCM": 2 / 2000, "OKI ADPCM": 2 / 2000 },
  ...{ "Yamaha ADPCM": 2 / 2000, "Creative ADPCM": 2 / 2000, "G.722": 2 / 2000, "G.729": 8 / 2000 },
  ...{ "GSM 6.10": 5 / 2000, TrueSpeech: 7.5 / 2000, "MACE 3:1": 3 / 2000, "MACE 6:1": 6 / 2000 },
  // At 8 and 4 kbit/s.
  ...{ MP3: 1 / 1000, MP2: 1 / 1000, MP1: 1 / 1000, "WMA 1": 1 / 500, "WMA 2": 1 / 500 },
  // Two empty frames of 60 ms; a frame of 1024 samples in four bytes; half of two windows.
  ...{ Opus: 0.12, AAC: 1024 / 2000 / 4, Vorbis: 4096 / 2000 },
  // A frame whose samples are all equal.
  ...{ FLAC: 65_536 / 2000 / 10, WavPack: 131_072 / 2000 / 40, ALAC: 4096 / 2000 / 8 },
  // Frames without data; half sample rates; frames of five bits.
  ...{ "AMR-NB": 0.02, "AMR-WB": 0.02, "AC-3": 1536 / 8000 / 128, "E-AC-3": 1536 / 16_000 / 8 },
  Speex: (640 / 2000 / 5) * 8,
};
/** For the other codecs of ASF, and any other that a damaged name happens to name. */
const DEFAULT_MAX_SECONDS_PER_BYTE = 1 / 500;

type Bytes = Uint8Array<ArrayBuffer>;
type Damage = (bytes: Bytes) => Bytes;

const recordings: Bytes[] = readdirSync(FIXTURES)
  .filter((name) => /\.(wav|mp3|m4a|mp4|ogg|flac|webm|mka|aiff|wma|wv)$/.test(name))
  .map((name) => new Uint8Array(readFileSync(join(FIXTURES, name))))
  // An MPEG-4 file can have its index at its end, and the first WavPack block is longer than 60 KiB: they stay whole.
  .map((bytes) => (bytes.length < 2.5 * MAX_BYTES ? bytes : bytes.slice(0, MAX_BYTES)));

const joined = (...parts: Uint8Array[]): Bytes => new Uint8Array(Buffer.concat(parts));

/** Without fast-check's bias towards the first and the last byte, which would destroy most magic bytes. */
const share = fc.noBias(fc.nat(2 ** 20)).map((parts) => parts / 2 ** 20);
/** A position in a recording, half of the time among the headers after its magic bytes. */
const place = fc.oneof(
  share.map((part) => (length: number) => Math.floor(part * length)),
  fc.noBias(fc.integer({ min: 12, max: 600 })).map((at) => (length: number) => Math.min(at, length)),
);
const stretch = fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 8192 }));
const extreme = fc
  .record({
    size: fc.constantFrom(1, 2, 3, 4, 8),
    value: fc.constantFrom("zero", "one", "max signed", "all ones"),
    isLittleEndian: fc.boolean(),
  })
  .map(({ size, value, isLittleEndian }) => {
    const bytes = new Uint8Array(size).fill(value === "max signed" || value === "all ones" ? 0xff : 0);
    if (value === "one") bytes[size - 1] = 1;
    if (value === "max signed") bytes[0] = 0x7f;
    return isLittleEndian ? bytes.reverse() : bytes;
  });

function replaced(bytes: Bytes, at: number, removed: number, by: Uint8Array): Bytes {
  return joined(bytes.subarray(0, at), by, bytes.subarray(at + removed));
}
const NOTHING = new Uint8Array();

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(
    ([place, mask]): Damage =>
      (bytes) => {
        const at = place(bytes.length - 1);
        return bytes.with(at, (bytes[at] ?? 0) ^ mask);
      },
  ),
  fc.tuple(place, extreme).map(
    ([place, value]): Damage =>
      (bytes) => {
        return replaced(bytes, place(bytes.length), value.length, value);
      },
  ),
  share.map(
    (part): Damage =>
      (bytes) =>
        bytes.slice(0, Math.ceil(part * bytes.length)),
  ),
  fc.tuple(place, stretch).map(
    ([place, length]): Damage =>
      (bytes) => {
        return replaced(bytes, place(bytes.length), length, NOTHING);
      },
  ),
  fc.tuple(place, stretch).map(
    ([place, length]): Damage =>
      (bytes) => {
        const at = place(bytes.length);
        return replaced(bytes, at, 0, bytes.subarray(at, at + length));
      },
  ),
  fc.tuple(place, fc.constantFrom(...recordings), place, stretch, fc.boolean()).map(
    ([place, other, from, length, isInstead]): Damage =>
      (bytes) => {
        const start = from(other.length);
        const piece = other.subarray(start, start + length);
        return replaced(bytes, place(bytes.length), isInstead ? piece.length : 0, piece);
      },
  ),
);

const damaged = fc
  .tuple(fc.constantFrom(...recordings), fc.array(damage, { minLength: 1, maxLength: 4 }))
  .map(([recording, damages]) =>
    damages.reduce((bytes, apply) => (bytes.length > 0 ? apply(bytes) : bytes), recording),
  );

/** Reports the seed and the path, which reproduce the recording, instead of 60 KiB of bytes. */
function report({ failed, seed, counterexample, counterexamplePath, errorInstance }: fc.RunDetails<[Bytes]>) {
  if (!failed) return;
  const [bytes = NOTHING] = counterexample ?? [];
  const start = Buffer.from(bytes.subarray(0, SHOWN_BYTES)).toString("hex");
  const message = `FUZZ_SEED=${seed}, path ${counterexamplePath}: ${bytes.length} bytes that start with ${start}`;
  throw new Error(message, { cause: errorInstance });
}

/** Asserts for `runs` damaged recordings that the probe returns, and finds no more audio than the bytes can hold. */
export async function expectDamagedRecordingsBounded(runs: number): Promise<void> {
  const property = fc.asyncProperty(damaged, async (bytes) => {
    const result = await probeBytes(bytes);
    if (result.kind === "unsupported") return;
    expect(result.durationSeconds).toBeGreaterThan(0);
    const maxSecondsPerByte = MAX_SECONDS_PER_BYTE[result.codec] ?? DEFAULT_MAX_SECONDS_PER_BYTE;
    expect(result.durationSeconds).toBeLessThanOrEqual(bytes.length * maxSecondsPerByte);
  });
  await fc.assert(property, { seed: FUZZ_SEED, numRuns: runs, reporter: report });
}
