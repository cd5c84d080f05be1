// MPEG audio without a container.
import { createEncoder, type Encoding } from "../encoding.ts";

const encode = createEncoder({
  container: "MPEG",
  contentType: "audio/mpeg",
  extension: "mp3",
  seconds: 7.65,
  toleranceSeconds: 0.005,
});

export const MPEG_AUDIO_ENCODINGS: readonly Encoding[] = [
  encode("MP3 at 44.1 kHz", "MP3", []),
  encode("MP3 in stereo at 320 kbit/s", "MP3", ["-ac", "2", "-b:a", "320k"]),
  encode("MP3 with a variable bit rate", "MP3", ["-q:a", "6"]),
  encode("MP3 with an average bit rate", "MP3", ["-abr", "1", "-b:a", "90k"]),
  encode("MP3 at 32 kHz", "MP3", ["-ar", "32000"]),
  encode("MP3 of MPEG 2", "MP3", ["-ar", "22050"]),
  encode("MP3 of MPEG 2.5", "MP3", ["-ar", "8000", "-b:a", "8k"]),
  encode("MP3 without a Xing header or tag", "MP3", ["-write_xing", "0", "-id3v2_version", "0"]),
  encode("MP3 with tags at both ends", "MP3", ["-write_id3v1", "1", "-metadata", "title=A title"]),
  encode("MP2", "MP2", ["-ac", "2"], { extension: "mp2" }),
  encode("MP2 of MPEG 2", "MP2", ["-ar", "16000", "-b:a", "32k"], { extension: "mp2", fixtureSeconds: 1 }),
  encode("MP3 written to a pipe", "MP3", ["-f", "mp3"], { piped: true, toleranceSeconds: 0.05 }),
  encode("MP3 truncated in the middle", "MP3", ["-ar", "8000"], {
    keptShare: 0.5,
    toleranceSeconds: 0.1,
    fixtureSeconds: 2,
  }),
];
