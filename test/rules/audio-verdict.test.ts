import { describe, expect, it } from "vitest";
import { judgeRecording } from "../../src/rules/audio-verdict.ts";

const wav = { kind: "audio", container: "WAVE", codec: "PCM", contentType: "audio/wav" } as const;

describe("judgeRecording", () => {
  it("draws the line at 10 seconds", () => {
    expect(judgeRecording({ ...wav, durationSeconds: 10 })).toEqual({
      kind: "accepted",
      contentType: "audio/wav",
      durationSeconds: 10,
    });
    expect(judgeRecording({ ...wav, durationSeconds: 9.999 })).toEqual({
      kind: "too-short",
      durationSeconds: 9.999,
    });
  });

  it("takes what can't be measured for no audio", () => {
    expect(judgeRecording({ kind: "unsupported", reason: "the recording is truncated" })).toEqual({
      kind: "not-audio",
      reason: "the recording is truncated",
    });
  });
});
