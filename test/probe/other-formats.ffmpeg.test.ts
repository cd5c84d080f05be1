// Files that ffmpeg makes in formats that are not supported.
import { describe, expect, it } from "vitest";
import { record } from "../../scripts/recording-fixtures/ffmpeg.ts";
import { probeBytes } from "./memory-source.ts";

describe("a recording in a format that is not supported", () => {
  it.each([
    ["CAF", "caf", []],
    ["CAF", "caf", ["-c:a", "pcm_mulaw"]],
    ["AU", "au", []],
    ["Wave64 (W64)", "w64", []],
    ["AVI", "avi", ["-c:a", "mp3"]],
    ["FLV", "flv", ["-c:a", "mp3"]],
    ["RealMedia", "rm", []],
    ["True Audio (TTA)", "tta", []],
    ["VOC", "voc", []],
    ["MPEG program stream", "mpg", ["-c:a", "mp2"]],
    ["MPEG transport stream", "ts", ["-c:a", "mp2"]],
    ["MPEG transport stream", "m2ts", ["-c:a", "aac"]],
    ["AC-3", "ac3", []],
    ["AC-3", "ac3", ["-ac", "6", "-b:a", "448k"]],
    ["E-AC-3", "eac3", []],
    ["DTS", "dts", ["-strict", "-2"]],
    ["Dolby TrueHD", "thd", ["-strict", "-2"]],
    ["MLP", "mlp", ["-strict", "-2"]],
    ["IRCAM", "sf", ["-f", "ircam"]],
    ["MXF", "mxf", ["-f", "mxf_opatom", "-ar", "48000"]],
  ])("is named: %s (.%s, %j)", async (format, extension, args) => {
    expect(await probeBytes(record(extension, 2, ...args))).toMatchObject({ kind: "unsupported", format });
  });

  it.each([
    ["AC-3 in WAV", ["-c:a", "ac3"]],
    ["E-AC-3 in WAV", ["-c:a", "eac3"]],
    ["DTS in WAV", ["-c:a", "dca", "-strict", "-2"]],
    ["FLAC in WAV", ["-c:a", "flac"]],
    ["WMA 2 in WAV", ["-c:a", "wmav2"]],
    ["G.723.1 in WAV", ["-c:a", "g723_1", "-ar", "8000"]],
    ["Speex in WAV", ["-c:a", "libspeex", "-ar", "8000"]],
    ["SWF ADPCM in WAV", ["-c:a", "adpcm_swf"]],
    ["AAC in WAV", ["-c:a", "aac"]],
    ["Vorbis in WAV", ["-c:a", "libvorbis"]],
  ])("is named: %s", async (format, args) => {
    expect(await probeBytes(record("wav", 2, ...args))).toMatchObject({ kind: "unsupported", format });
  });
});
