import { describe, expect, it } from "vitest";
import { validateRecording } from "../../src/voice-creation/policy.ts";

const wav = { kind: "audio", container: "WAVE", codec: "PCM", contentType: "audio/wav" } as const;

describe("judgeRecording", () => {
  it("draws the line at 10 seconds", () => {
    expect(validateRecording({ ...wav, durationSeconds: 10 })).toEqual({
      kind: "accepted",
      contentType: "audio/wav",
      durationSeconds: 10,
    });
    expect(validateRecording({ ...wav, durationSeconds: 9.999 })).toEqual({
      kind: "too-short",
      durationSeconds: 9.999,
    });
  });

  it("takes what can't be measured for no audio", () => {
    expect(validateRecording({ kind: "unsupported", reason: "the file is truncated" })).toEqual({
      kind: "not-audio",
      reason: "the file is truncated",
    });
  });
});
