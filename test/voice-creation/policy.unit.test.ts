// Which recordings are accepted for a voice.
import { describe, expect, it } from "vitest";
import { tooShortMessage, validateRecording } from "../../src/voice-creation/policy.ts";

const facts = { codec: "PCM", sampleRateHz: 24_000, channels: 1, bitsPerSample: 16 };
const wav = { kind: "audio", container: "WAVE", contentType: "audio/wav", ...facts } as const;

describe("validateRecording", () => {
  it("accepts a recording of exactly 10 seconds with its facts, and rejects one of 9.999 seconds", () => {
    expect(validateRecording({ ...wav, durationSeconds: 10 })).toEqual({
      kind: "accepted",
      contentType: "audio/wav",
      durationSeconds: 10,
      facts,
    });
    expect(validateRecording({ ...wav, durationSeconds: 9.999 })).toEqual({
      kind: "too-short",
      durationSeconds: 9.999,
    });
  });

  it("rejects a file that cannot be measured as not audio", () => {
    expect(validateRecording({ kind: "unsupported", reason: "the file is truncated", format: null })).toEqual(
      {
        kind: "not-audio",
        reason: "the file is truncated",
      },
    );
  });
});

it.each([
  [2.1, "2.1s"],
  [9.96, "9.9s"],
  [9.999, "9.9s"],
  [0, "0.0s"],
])("the message for a recording of %d seconds says %s", (durationSeconds, text) => {
  expect(tooShortMessage(durationSeconds)).toBe(`Audio too short (${text}). Minimum duration is 10 seconds.`);
});
