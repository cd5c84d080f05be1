// Which recordings are accepted for a voice.
import { describe, expect, it } from "vitest";
import {
  otherFileMessage,
  tooShortMessage,
  unsupportedFormatMessage,
  validateRecording,
} from "../../src/voice-creation/policy.ts";

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

  it("rejects a recording of a format that was recognised by the name of that format", () => {
    const reason = "the format is not supported (CAF)";
    expect(validateRecording({ kind: "unsupported", reason, format: "CAF" })).toEqual({
      ...{ kind: "unsupported-format", reason, format: "CAF" },
    });
    expect(unsupportedFormatMessage("CAF")).toBe(
      "CAF recordings are not supported. Send WAV, MP3, M4A, FLAC, Ogg, WebM or AIFF instead.",
    );
  });

  it("rejects a file that is no recording as not audio, and says what it is", () => {
    const reason = "the file is a PNG image";
    const probed = { kind: "unsupported", reason, format: null, otherFile: "a PNG image" } as const;
    expect(validateRecording(probed)).toEqual({ kind: "not-audio", reason, otherFile: "a PNG image" });
    expect(otherFileMessage("a PNG image")).toBe(
      "File is not a valid audio file: it is a PNG image. Send WAV, MP3, M4A, FLAC, Ogg, WebM or AIFF.",
    );
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
