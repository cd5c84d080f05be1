// WAVE.
import { createEncoder, type Encoding } from "../encoding.ts";

const encode = createEncoder({
  container: "WAVE",
  contentType: "audio/wav",
  extension: "wav",
  seconds: 12.34,
  toleranceSeconds: 0.05,
});
const SHORT = { fixtureSeconds: 0.1 };

export const WAV_ENCODINGS: readonly Encoding[] = [
  encode("16-bit PCM", "PCM", ["-c:a", "pcm_s16le"], SHORT),
  encode("24-bit PCM in six channels", "PCM", ["-c:a", "pcm_s24le", "-ac", "6"], {
    fixtureArgs: ["-ar", "8000"],
    fixtureSeconds: 0.1,
  }),
  encode("8-bit PCM", "PCM", ["-c:a", "pcm_u8", "-ar", "8000"]),
  encode("32-bit float", "IEEE float", ["-c:a", "pcm_f32le"], { fixtureSeconds: 0.05 }),
  encode("64-bit float", "IEEE float", ["-c:a", "pcm_f64le"], { fixtureSeconds: 0.05 }),
  encode("A-law", "A-law", ["-c:a", "pcm_alaw", "-ar", "8000"]),
  encode("µ-law", "µ-law", ["-c:a", "pcm_mulaw", "-ar", "8000"]),
  encode("IMA ADPCM", "IMA ADPCM", ["-c:a", "adpcm_ima_wav"]),
  encode("IMA ADPCM in stereo", "IMA ADPCM", ["-c:a", "adpcm_ima_wav", "-ac", "2"]),
  encode("Microsoft ADPCM", "Microsoft ADPCM", ["-c:a", "adpcm_ms", "-ac", "2"]),
  encode("MP3", "MP3", ["-c:a", "libmp3lame", "-b:a", "64k"]),
  encode("G.726", "G.726", ["-c:a", "g726", "-ar", "8000", "-b:a", "32k"]),
  encode("MP2 in a BWF", "MP2", ["-c:a", "mp2", "-write_bext", "1", "-b:a", "64k"]),
  encode("Yamaha ADPCM", "Yamaha ADPCM", ["-c:a", "adpcm_yamaha"]),
  encode("G.722", "G.722", ["-c:a", "g722", "-ar", "16000"]),
  encode("GSM 6.10", "GSM 6.10", ["-c:a", "libgsm_ms", "-ar", "8000"]),
  encode("RF64", "PCM", ["-rf64", "always"], SHORT),
  encode(
    "BWF with tags before the samples",
    "PCM",
    ["-write_bext", "1", "-metadata", "title=A title"],
    SHORT,
  ),
  encode("PCM written to a pipe", "PCM", ["-f", "wav"], { piped: true, ...SHORT }),
];
