// AIFF and AIFF-C.
import { createEncoder, type Encoding } from "../encoding.ts";

const encode = createEncoder({
  container: "AIFF",
  contentType: "audio/aiff",
  extension: "aiff",
  seconds: 12.34,
  toleranceSeconds: 0.005,
});
const SHORT = { fixtureSeconds: 0.1 };

export const AIFF_ENCODINGS: readonly Encoding[] = [
  encode("16-bit PCM", "PCM", ["-c:a", "pcm_s16be", "-ac", "2"], SHORT),
  encode("8-bit PCM", "PCM", ["-c:a", "pcm_s8", "-ar", "8000"]),
  encode("24-bit PCM in six channels", "PCM", ["-c:a", "pcm_s24be", "-ac", "6"], { fixtureSeconds: 0.02 }),
  encode("32-bit PCM at a high rate", "PCM", ["-c:a", "pcm_s32be", "-ar", "192000"], {
    fixtureSeconds: 0.02,
  }),
  encode("little-endian PCM", "PCM", ["-c:a", "pcm_s16le"], SHORT),
  encode("32-bit float", "IEEE float", ["-c:a", "pcm_f32be"], { fixtureSeconds: 0.05 }),
  encode("64-bit float", "IEEE float", ["-c:a", "pcm_f64be"], { fixtureSeconds: 0.05 }),
  encode("µ-law", "µ-law", ["-c:a", "pcm_mulaw", "-ar", "8000"]),
  encode("A-law", "A-law", ["-c:a", "pcm_alaw", "-ar", "8000"]),
  encode("IMA ADPCM", "IMA ADPCM", ["-c:a", "adpcm_ima_qt"]),
  encode("IMA ADPCM in stereo", "IMA ADPCM", ["-c:a", "adpcm_ima_qt", "-ac", "2"]),
  encode("PCM with tags", "PCM", ["-write_id3v2", "1", "-metadata", "title=A title"], SHORT),
];
