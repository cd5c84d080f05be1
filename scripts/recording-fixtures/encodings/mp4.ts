// MPEG-4 and QuickTime.
import { createEncoder, type Encoding } from "../encoding.ts";

/** The last packet may be padded, by its codec's longest frame at most. */
const TOLERANCE_SECONDS = 0.1;

const encode = createEncoder({
  container: "MPEG-4",
  contentType: "audio/mp4",
  extension: "mp4",
  seconds: 2.34,
  toleranceSeconds: TOLERANCE_SECONDS,
});
const M4A = { extension: "m4a" };
const MOV = { extension: "mov" };
const SHORT = { fixtureSeconds: 0.1 };
const SHORT_MOV = { ...MOV, ...SHORT };
const SMALL = { fixtureArgs: ["-ar", "8000"] };
const VIDEO_INPUT = ["-f", "lavfi", "-i", "testsrc=d=2.34:s=64x64:r=10"];
/** A second and a half, to have several fragments. */
const FRAGMENTS = { fixtureSeconds: 1.5, fixtureArgs: ["-b:a", "24k"] };

export const MP4_VORBIS = encode("Vorbis", "Vorbis", ["-c:a", "libvorbis"]);

export const MP4_ENCODINGS: readonly Encoding[] = [
  encode("AAC", "AAC", ["-c:a", "aac"], M4A),
  encode("AAC at 16 kHz", "AAC", ["-c:a", "aac", "-ar", "16000"], M4A),
  encode("AAC at 96 kHz in six channels", "AAC", ["-c:a", "aac", "-ar", "96000", "-ac", "6"], M4A),
  encode("AAC with its index first", "AAC", ["-c:a", "aac", "-movflags", "faststart"], M4A),
  encode("AAC in 3GP", "AAC", ["-c:a", "aac"], { extension: "3gp" }),
  encode("AAC in QuickTime", "AAC", ["-c:a", "aac"], MOV),
  encode("ALAC", "ALAC", ["-c:a", "alac"], { ...M4A, ...SMALL }),
  encode("ALAC in QuickTime", "ALAC", ["-c:a", "alac", "-ar", "96000"], SHORT_MOV),
  encode("Opus", "Opus", ["-c:a", "libopus"]),
  encode("Opus packets of 120 ms", "Opus", ["-c:a", "libopus", "-frame_duration", "120"]),
  encode("Opus packets of 2.5 ms", "Opus", ["-c:a", "libopus", "-frame_duration", "2.5"]),
  encode("MP3", "MP3", ["-c:a", "libmp3lame"]),
  encode("MP3 at 16 kHz", "MP3", ["-c:a", "libmp3lame", "-ar", "16000"]),
  encode("MP3 in QuickTime", "MP3", ["-c:a", "libmp3lame"], MOV),
  encode("MP2 in QuickTime", "MP2", ["-c:a", "mp2"], MOV),
  MP4_VORBIS,
  encode("GSM in QuickTime", "GSM 6.10", ["-c:a", "libgsm", "-ar", "8000"], MOV),
  encode("FLAC", "FLAC", ["-c:a", "flac", "-strict", "-2"], SMALL),
  encode("AC-3", "AC-3", ["-c:a", "ac3"]),
  encode("E-AC-3", "E-AC-3", ["-c:a", "eac3"]),
  encode("16-bit PCM", "PCM", ["-c:a", "pcm_s16le", "-ac", "2"], SHORT_MOV),
  encode("16-bit PCM at a high rate", "PCM", ["-c:a", "pcm_s16be", "-ar", "96000", "-ac", "2"], {
    ...MOV,
    fixtureSeconds: 0.05,
  }),
  encode("24-bit PCM", "PCM", ["-c:a", "pcm_s24le"], SHORT_MOV),
  encode("32-bit PCM", "PCM", ["-c:a", "pcm_s32be"], { ...MOV, fixtureSeconds: 0.05 }),
  encode("8-bit PCM", "PCM", ["-c:a", "pcm_u8"], SHORT_MOV),
  encode("32-bit float", "IEEE float", ["-c:a", "pcm_f32le"], { ...MOV, fixtureSeconds: 0.05 }),
  encode("64-bit float", "IEEE float", ["-c:a", "pcm_f64be"], { ...MOV, fixtureSeconds: 0.05 }),
  encode("µ-law", "µ-law", ["-c:a", "pcm_mulaw"], SHORT_MOV),
  encode("A-law", "A-law", ["-c:a", "pcm_alaw"], SHORT_MOV),
  encode("IMA ADPCM", "IMA ADPCM", ["-c:a", "adpcm_ima_qt", "-ac", "2"], MOV),
  encode("one fragment", "AAC", ["-movflags", "frag_keyframe+empty_moov"]),
  encode(
    "fragments of a second",
    "AAC",
    ["-movflags", "frag_keyframe+empty_moov", "-frag_duration", "1000000"],
    FRAGMENTS,
  ),
  encode("fragments of one frame", "AAC", ["-movflags", "frag_every_frame+empty_moov"]),
  encode("fragments for DASH", "AAC", ["-movflags", "dash", "-frag_duration", "1000000"], FRAGMENTS),
  encode(
    "fragments of Opus for CMAF",
    "Opus",
    ["-movflags", "cmaf", "-frag_duration", "1000000", "-c:a", "libopus"],
    FRAGMENTS,
  ),
  encode(
    "fragments of PCM",
    "PCM",
    ["-movflags", "frag_keyframe+empty_moov", "-c:a", "pcm_s16le"],
    SHORT_MOV,
  ),
  encode(
    "samples in the index and in fragments",
    "AAC",
    ["-movflags", "frag_keyframe", "-frag_duration", "1000000"],
    FRAGMENTS,
  ),
  encode("fragments of Smooth Streaming", "AAC", ["-c:a", "aac"], { extension: "ismv" }),
  encode("AAC beside video", "AAC", VIDEO_INPUT, { fixtureArgs: ["-t", "0.4"] }),
  encode(
    "AAC beside video in fragments",
    "AAC",
    [...VIDEO_INPUT, "-movflags", "frag_keyframe+empty_moov", "-g", "10"],
    { fixtureSeconds: 1.2, fixtureArgs: ["-t", "1.2", "-b:a", "24k"] },
  ),
];

const piped = (flags: string) =>
  encode(
    `fragments written to a pipe as ${flags}`,
    "AAC",
    ["-f", "mp4", "-c:a", "aac", "-movflags", flags, "-frag_duration", "500000"],
    { piped: true, toleranceSeconds: 0.05, fixtureSeconds: 1.2, fixtureArgs: ["-b:a", "24k"] },
  );

export const PIPED_MP4_ENCODINGS: readonly Encoding[] = [
  "frag_keyframe+empty_moov",
  "frag_keyframe+delay_moov",
  "dash",
  "cmaf",
].map(piped);

const truncated = (name: string, codec: string, args: readonly string[], fixtureArgs: readonly string[]) =>
  encode(`${name}, truncated`, codec, args, {
    seconds: 12,
    keptShare: 0.6,
    toleranceSeconds: 0.2,
    fixtureSeconds: 3,
    fixtureArgs,
  });
const LONG_VIDEO_INPUT = ["-f", "lavfi", "-i", "testsrc=d=12:s=64x64:r=10"];

export const TRUNCATED_MP4_ENCODINGS: readonly Encoding[] = [
  truncated("AAC with its index first", "AAC", ["-movflags", "faststart"], ["-b:a", "24k"]),
  truncated(
    "AAC beside video with its index first",
    "AAC",
    [...LONG_VIDEO_INPUT, "-movflags", "faststart"],
    ["-t", "3", "-b:a", "24k"],
  ),
  truncated(
    "AAC in fragments",
    "AAC",
    ["-movflags", "frag_keyframe+empty_moov", "-frag_duration", "500000"],
    ["-b:a", "24k"],
  ),
  truncated(
    "PCM in QuickTime with its index first",
    "PCM",
    ["-movflags", "faststart", "-c:a", "pcm_s16le", "-f", "mov"],
    ["-ar", "8000"],
  ),
];
