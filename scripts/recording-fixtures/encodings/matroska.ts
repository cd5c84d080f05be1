// WebM and Matroska.
import { createEncoder, type Encoding } from "../encoding.ts";

const encodeWebm = createEncoder({
  container: "WebM",
  contentType: "audio/webm",
  extension: "webm",
  seconds: 7.89,
  toleranceSeconds: 0.05,
});
const encodeMatroska = createEncoder({
  container: "Matroska",
  contentType: "audio/matroska",
  extension: "mka",
  seconds: 7.89,
  toleranceSeconds: 0.05,
});
const SHORT = { fixtureSeconds: 0.1 };

export const MATROSKA_ENCODINGS: readonly Encoding[] = [
  encodeWebm("Opus", "Opus", ["-c:a", "libopus"]),
  encodeWebm("Opus packets of 60 ms at 6 kbit/s", "Opus", [
    ...["-c:a", "libopus", "-b:a", "6k", "-frame_duration", "60"],
  ]),
  encodeWebm("Opus as a live recorder writes it", "Opus", ["-c:a", "libopus", "-f", "webm", "-live", "1"]),
  encodeWebm("Opus in short clusters, cues first", "Opus", [
    ...["-c:a", "libopus", "-cluster_time_limit", "100", "-cues_to_front", "1"],
  ]),
  encodeWebm("Vorbis", "Vorbis", ["-c:a", "libvorbis"]),
  encodeWebm("Vorbis in stereo at 8 kHz", "Vorbis", ["-c:a", "libvorbis", "-ac", "2", "-ar", "8000"]),
  encodeMatroska("AAC", "AAC", ["-c:a", "aac"]),
  encodeMatroska("AAC at 8 kHz", "AAC", ["-c:a", "aac", "-ar", "8000"]),
  encodeMatroska("MP3", "MP3", ["-c:a", "libmp3lame"]),
  encodeMatroska("MP3 at 8 kHz", "MP3", ["-c:a", "libmp3lame", "-ar", "8000"]),
  encodeMatroska("MP2", "MP2", ["-c:a", "mp2"]),
  encodeMatroska("FLAC", "FLAC", ["-c:a", "flac"], { fixtureArgs: ["-ar", "8000"] }),
  encodeMatroska("16-bit PCM", "PCM", ["-c:a", "pcm_s16le"], SHORT),
  encodeMatroska("24-bit PCM in stereo", "PCM", ["-c:a", "pcm_s24be", "-ac", "2"], { fixtureSeconds: 0.05 }),
  encodeMatroska("64-bit float", "IEEE float", ["-c:a", "pcm_f64le"], { fixtureSeconds: 0.05 }),
  encodeMatroska("AC-3", "AC-3", ["-c:a", "ac3"]),
  encodeMatroska("E-AC-3", "E-AC-3", ["-c:a", "eac3"]),
  encodeMatroska("µ-law", "µ-law", ["-c:a", "pcm_mulaw"], SHORT),
  encodeMatroska("A-law", "A-law", ["-c:a", "pcm_alaw"], SHORT),
  encodeMatroska("Microsoft ADPCM", "Microsoft ADPCM", ["-c:a", "adpcm_ms"], SHORT),
  encodeMatroska("IMA ADPCM in stereo", "IMA ADPCM", ["-c:a", "adpcm_ima_wav", "-ac", "2"], SHORT),
  encodeMatroska("Yamaha ADPCM", "Yamaha ADPCM", ["-c:a", "adpcm_yamaha"], SHORT),
  encodeMatroska("G.722", "G.722", ["-c:a", "adpcm_g722", "-ar", "16000"]),
  encodeMatroska("GSM", "GSM 6.10", ["-c:a", "gsm_ms", "-ar", "8000"]),
  encodeMatroska("WMA 1", "WMA 1", ["-c:a", "wmav1", "-ar", "32000", "-b:a", "48k"]),
  encodeMatroska("WMA 2", "WMA 2", ["-c:a", "wmav2"]),
  encodeMatroska("ALAC", "ALAC", ["-c:a", "alac"], { fixtureArgs: ["-ar", "8000"] }),
];

export const PIPED_MATROSKA_ENCODINGS: readonly Encoding[] = [
  encodeWebm("Opus written to a pipe", "Opus", ["-c:a", "libopus", "-f", "webm"], { piped: true }),
  encodeWebm("Vorbis written to a pipe", "Vorbis", ["-c:a", "libvorbis", "-f", "webm"], { piped: true }),
  encodeMatroska("FLAC written to a pipe", "FLAC", ["-c:a", "flac", "-f", "matroska"], {
    piped: true,
    fixtureArgs: ["-ar", "8000"],
  }),
  encodeMatroska("AAC written to a pipe", "AAC", ["-c:a", "aac", "-f", "matroska"], { piped: true }),
];

const VIDEO_INPUT = ["-f", "lavfi", "-i", "testsrc=d=3:s=64x64"];

/** Recordings that other tests are made from. */
export const WEBM_WITH_VIDEO = encodeWebm(
  "Opus beside video",
  "Opus",
  [...[...VIDEO_INPUT, "-c:v", "libvpx", "-c:a", "libopus"]],
  { seconds: 3, fixtureSeconds: 3, fixtureArgs: ["-b:a", "12k", "-b:v", "10k"] },
);
export const MATROSKA_VORBIS = encodeMatroska("Vorbis", "Vorbis", ["-c:a", "libvorbis"], {
  seconds: 2,
  fixtureSeconds: 2,
});
