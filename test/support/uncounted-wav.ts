// WAV files in codecs that the probe recognises and does not count. Imports only the writer of WAV files.
import { silentWav } from "./wav.ts";

const FORMAT_TAG_AT = 20;
const AC3_TAG = 0x2000;

/** A WAV of `seconds` by its header, whose format tag says that its bytes are AC-3. */
export function ac3Wav(seconds: number): Uint8Array<ArrayBuffer> {
  const wav = silentWav(seconds);
  new DataView(wav.buffer).setUint16(FORMAT_TAG_AT, AC3_TAG, true);
  return wav;
}
