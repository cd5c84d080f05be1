// A recording to create a voice from.

const SECONDS = 11;
const SAMPLE_RATE = 8000;
const HEADER_BYTES = 44;

/** A silent mono WAV of 8-bit PCM, a little longer than the ten seconds that a voice needs. */
export function silentRecording(): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + SECONDS * SAMPLE_RATE, 0x80);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(SAMPLE_RATE, 24);
  bytes.writeUInt32LE(SAMPLE_RATE, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(bytes.length - HEADER_BYTES, 40);
  return bytes;
}
