// AAC in ADTS.
import { createEncoder, type Encoding } from "../encoding.ts";

const encodeAdts = createEncoder({
  container: "ADTS",
  contentType: "audio/aac",
  extension: "aac",
  seconds: 7.65,
  toleranceSeconds: 0.005,
});
const encode = (name: string, args: readonly string[], variation?: Parameters<typeof encodeAdts>[3]) =>
  encodeAdts(name, "AAC", args, variation);

export const ADTS_ENCODINGS: readonly Encoding[] = [
  encode("44.1 kHz", []),
  encode("48 kHz in stereo", ["-ar", "48000", "-ac", "2"]),
  encode("8 kHz", ["-ar", "8000"]),
  encode("96 kHz", ["-ar", "96000"]),
  encode("7.35 kHz, the lowest rate", ["-ar", "7350"]),
  encode("six channels", ["-ac", "6"]),
  encode("a low bit rate", ["-b:a", "12k", "-ar", "16000"]),
  encode("MPEG-2", ["-profile:a", "mpeg2_aac_low"]),
  encode("an ID3 tag in front", ["-write_id3v2", "1", "-metadata", "title=A title"]),
  encode("an APE tag at the end", ["-write_apetag", "1", "-metadata", "title=A title"]),
  encode("silence, written to a pipe", ["-af", "volume=0", "-f", "adts"], {
    piped: true,
    toleranceSeconds: 0.05,
  }),
];
