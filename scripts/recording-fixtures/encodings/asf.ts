// ASF.
import { createEncoder, type Encoding } from "../encoding.ts";

const encode = createEncoder({
  container: "ASF",
  contentType: "audio/x-ms-wma",
  extension: "asf",
  seconds: 7.34,
  toleranceSeconds: 0.05,
});

export const ASF_ENCODINGS: readonly Encoding[] = [
  encode("WMA 1", "WMA 1", ["-c:a", "wmav1", "-ac", "2"]),
  encode("WMA 1 at 32 kHz", "WMA 1", ["-c:a", "wmav1", "-ar", "32000", "-b:a", "48k"]),
  encode("WMA 2", "WMA 2", ["-c:a", "wmav2", "-ac", "2", "-b:a", "192k"]),
  encode("WMA 2 at 16 kHz", "WMA 2", ["-c:a", "wmav2", "-ar", "16000", "-b:a", "24k"]),
  encode("WMA 2 at 32 kHz", "WMA 2", ["-c:a", "wmav2", "-ar", "32000", "-b:a", "48k"]),
  encode("small packets", "WMA 2", ["-packet_size", "800", "-c:a", "wmav2"]),
  encode("large packets", "WMA 2", ["-packet_size", "64000", "-c:a", "wmav2"], {
    fixtureArgs: ["-packet_size", "16000"],
  }),
  encode(
    "WMA 2 beside video",
    "WMA 2",
    ["-f", "lavfi", "-i", "testsrc=d=7.34:s=64x64:r=10", "-c:a", "wmav2"],
    { fixtureArgs: ["-t", "0.4"] },
  ),
  encode("an unknown duration, written to a pipe", "WMA 2", ["-f", "asf", "-c:a", "wmav2"], { piped: true }),
  encode("its end missing", "WMA 2", ["-c:a", "wmav2"], {
    extension: "wma",
    keptShare: 0.6,
    toleranceSeconds: 0.5,
    fixtureSeconds: 1.5,
  }),
];
