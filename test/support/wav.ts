// Writes WAV files. Imports nothing, so that tests in any runtime, tools and benchmarks can use it.

const HEADER_BYTES = 44;
const PCM = 1;

interface WavFormat {
  /** Samples a second and channel. */
  sampleRate?: number;
  bitsPerSample?: 8 | 16 | 24 | 32;
  channels?: number;
}

/** A WAV file of integer PCM `samples`, which are in the file's own byte order (little-endian). */
export function encodeWav(
  samples: Uint8Array,
  { sampleRate = 44_100, bitsPerSample = 16, channels = 1 }: WavFormat = {},
): Uint8Array<ArrayBuffer> {
  const bytesPerFrame = (channels * bitsPerSample) / 8;
  const bytes = new Uint8Array(HEADER_BYTES + samples.length);
  const view = new DataView(bytes.buffer);
  const writeText = (offset: number, text: string) =>
    [...text].forEach((letter, index) => {
      view.setUint8(offset + index, letter.charCodeAt(0));
    });
  writeText(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  writeText(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * bytesPerFrame, true);
  view.setUint16(32, bytesPerFrame, true);
  view.setUint16(34, bitsPerSample, true);
  writeText(36, "data");
  view.setUint32(40, samples.length, true);
  bytes.set(samples, HEADER_BYTES);
  return bytes;
}

/** A WAV of `seconds` of silence: 44.1 kHz, 16 bits, mono; about 88 kB a second. */
export const silentWav = (seconds: number): Uint8Array<ArrayBuffer> =>
  encodeWav(new Uint8Array(seconds * 44_100 * 2));
