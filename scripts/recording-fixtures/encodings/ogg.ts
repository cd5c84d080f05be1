// Ogg.
import { createEncoder, type Encoding } from "../encoding.ts";

const encode = createEncoder({
  container: "Ogg",
  contentType: "audio/ogg",
  extension: "ogg",
  seconds: 12.34,
  toleranceSeconds: 0.05,
});
const SMALL_FLAC = { fixtureArgs: ["-ar", "8000", "-sample_fmt", "s16"] };

/** Recordings that other tests are made from, too. */
export const OGG_VORBIS = encode("Vorbis", "Vorbis", ["-c:a", "libvorbis"], { fixtureSeconds: 2 });
export const OGG_FLAC = encode("FLAC", "FLAC", ["-c:a", "flac"], { fixtureSeconds: 2, ...SMALL_FLAC });

export const OGG_ENCODINGS: readonly Encoding[] = [
  encode("Opus", "Opus", ["-c:a", "libopus"]),
  encode("Opus packets of 60 ms at 6 kbit/s", "Opus", [
    ...["-c:a", "libopus", "-b:a", "6k", "-frame_duration", "60"],
  ]),
  encode("Opus packets of 2.5 ms", "Opus", ["-c:a", "libopus", "-frame_duration", "2.5"]),
  encode("Opus in six channels", "Opus", ["-c:a", "libopus", "-ac", "6", "-mapping_family", "1"]),
  OGG_VORBIS,
  encode("Vorbis in stereo at 8 kHz", "Vorbis", ["-c:a", "libvorbis", "-ac", "2", "-ar", "8000"]),
  OGG_FLAC,
  encode("FLAC at 96 kHz with 24 bits", "FLAC", ["-c:a", "flac", "-ar", "96000", "-sample_fmt", "s32"], {
    fixtureSeconds: 0.1,
  }),
];

export const PIPED_OGG_ENCODINGS: readonly Encoding[] = [
  encode("Opus written to a pipe", "Opus", ["-c:a", "libopus", "-f", "ogg"], { piped: true }),
  encode("Vorbis written to a pipe", "Vorbis", ["-c:a", "libvorbis", "-f", "ogg"], { piped: true }),
  encode("FLAC written to a pipe", "FLAC", ["-c:a", "flac", "-f", "ogg"], { piped: true, ...SMALL_FLAC }),
];

export const TRUNCATED_OGG_ENCODINGS: readonly Encoding[] = [
  encode("Opus truncated in the middle", "Opus", ["-c:a", "libopus"], { keptShare: 0.5, fixtureSeconds: 3 }),
  encode("Vorbis truncated in the middle", "Vorbis", ["-c:a", "libvorbis"], {
    keptShare: 0.5,
    fixtureSeconds: 3,
    fixtureArgs: ["-ar", "16000"],
  }),
  encode("FLAC truncated in the middle", "FLAC", ["-c:a", "flac"], {
    keptShare: 0.5,
    fixtureSeconds: 3,
    ...SMALL_FLAC,
  }),
];
