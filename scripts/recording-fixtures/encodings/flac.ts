// Native FLAC.
import { createEncoder, type Encoding } from "../encoding.ts";

const encodeFlac = createEncoder({
  container: "FLAC",
  contentType: "audio/flac",
  extension: "flac",
  seconds: 7.65,
  toleranceSeconds: 0.0005,
});
const encode = (name: string, args: readonly string[], variation?: Parameters<typeof encodeFlac>[3]) =>
  encodeFlac(name, "FLAC", args, variation);
const SMALL = { fixtureArgs: ["-ar", "8000"] };

export const FLAC_ENCODINGS: readonly Encoding[] = [
  encode("24 bits", [], SMALL),
  encode("16 bits in stereo", ["-sample_fmt", "s16", "-ac", "2"], SMALL),
  encode("eight channels", ["-ac", "8"], SMALL),
  encode("8 kHz", ["-ar", "8000"]),
  encode("192 kHz", ["-ar", "192000"], { fixtureSeconds: 0.05 }),
  encode("a rate without a code of its own", ["-ar", "37001"], { fixtureSeconds: 0.1 }),
  encode("the least compression", ["-compression_level", "0"], SMALL),
  encode("the most compression", ["-compression_level", "12"], SMALL),
  encode("small blocks", ["-frame_size", "192"], { fixtureSeconds: 0.05 }),
  encode("large blocks", ["-frame_size", "32768"], {
    fixtureArgs: ["-ar", "48000", "-sample_fmt", "s16", "-af", "volume=0.01"],
    fixtureSeconds: 0.7,
  }),
  encode("silence", ["-af", "volume=0"]),
  encode("tags", ["-metadata", "title=A title"], SMALL),
  encode("an unknown total, written to a pipe", ["-f", "flac"], { piped: true, ...SMALL }),
  encode("its end missing", ["-ar", "8000"], { keptShare: 0.9, toleranceSeconds: 0.1, fixtureSeconds: 1 }),
];
