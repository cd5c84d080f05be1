import { describe, expect, it } from "vitest";
import { judgeRecording, type MeasuredAudio } from "../../src/rules/audio-verdict.ts";

const wav: MeasuredAudio = { container: "WAVE", hasAudio: true, durationSeconds: 12 };

describe("judgeRecording", () => {
  it.each([
    ["WAVE", "audio/wav"],
    ["MPEG", "audio/mpeg"],
    ["ADTS/MPEG-4", "audio/aac"],
    ["FLAC", "audio/flac"],
    ["Ogg", "audio/ogg"],
    ["EBML/webm", "audio/webm"],
    ["EBML/matroska", "audio/matroska"],
    ["AIFF", "audio/aiff"],
    ["AIFF-C", "audio/aiff"],
    ["ASF/audio", "audio/x-ms-wma"],
    ["WavPack", "audio/x-wavpack"],
    ["M4A/isom/iso2", "audio/mp4"],
    ["isom/iso2/mp41", "audio/mp4"],
    ["iso5/iso6/mp41", "audio/mp4"],
    ["qt", "audio/mp4"],
  ])("accepts %s as %s", (container, contentType) => {
    expect(judgeRecording({ ...wav, container })).toEqual({
      kind: "accepted",
      contentType,
      durationSeconds: 12,
    });
  });

  it.each([
    ["nothing readable", null],
    ["no container", { ...wav, container: undefined }],
    ["a container that no browser plays", { ...wav, container: "DSF" }],
    ["no audio track", { ...wav, hasAudio: false }],
    ["no duration", { ...wav, durationSeconds: undefined }],
    ["no length", { ...wav, durationSeconds: 0 }],
    ["an endless length", { ...wav, durationSeconds: Number.POSITIVE_INFINITY }],
    ["a length that is no number", { ...wav, durationSeconds: Number.NaN }],
  ])("takes %s for no audio", (_fact, audio) => {
    expect(judgeRecording(audio)).toEqual({ kind: "not-audio" });
  });

  it("draws the line at 10 seconds", () => {
    expect(judgeRecording({ ...wav, durationSeconds: 10 }).kind).toBe("accepted");
    expect(judgeRecording({ ...wav, durationSeconds: 9.999 })).toEqual({
      kind: "too-short",
      durationSeconds: 9.999,
    });
  });
});
