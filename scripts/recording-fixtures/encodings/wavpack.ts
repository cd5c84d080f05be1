// WavPack.
import { createEncoder, type Encoding } from "../encoding.ts";

const encodeWavpack = createEncoder({
  container: "WavPack",
  contentType: "audio/x-wavpack",
  extension: "wv",
  seconds: 7.34,
  toleranceSeconds: 0.005,
});
const encode = (name: string, args: readonly string[], variation?: Parameters<typeof encodeWavpack>[3]) =>
  encodeWavpack(name, "WavPack", args, { fixtureSeconds: 0.05, ...variation });

export const WAVPACK_ENCODINGS: readonly Encoding[] = [
  encode("mono", ["-ac", "1"]),
  encode("stereo", ["-ac", "2"]),
  encode("six channels", ["-ac", "6"]),
  encode("8-bit samples", ["-sample_fmt", "u8p", "-ar", "8000"], { fixtureSeconds: 0.4 }),
  encode("16-bit samples", ["-sample_fmt", "s16p"]),
  encode("32-bit samples", ["-sample_fmt", "s32p", "-ar", "96000"], { fixtureSeconds: 0.05 }),
  encode("float samples", ["-sample_fmt", "fltp"]),
  encode("a rate that the header has no code for", ["-ar", "37800"]),
  encode("tags at the end", ["-metadata", "title=A title"]),
  encode("an unknown total, written to a pipe", ["-f", "wv"], { piped: true }),
  encode("its end missing", [], {
    keptShare: 0.6,
    toleranceSeconds: 0.05,
    fixtureSeconds: 2,
    fixtureArgs: ["-ar", "8000", "-sample_fmt", "u8p", "-frame_size", "4000"],
  }),
];
