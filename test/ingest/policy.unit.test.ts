// Which audio is accepted for a generation.
import { expect, it } from "vitest";
import { validateGenerationAudio } from "../../src/ingest/policy.ts";

const facts = { codec: "PCM", sampleRateHz: 24_000, channels: 1, bitsPerSample: 16 };
const audio = { kind: "audio", container: "WAVE", ...facts, durationSeconds: 0.5 } as const;

it("a WAV of any duration is accepted with its duration and its facts", () => {
  expect(validateGenerationAudio({ ...audio, contentType: "audio/wav" })).toEqual({
    kind: "accepted",
    durationSeconds: 0.5,
    facts,
  });
});

it("audio of another type is rejected with its type as the reason", () => {
  expect(validateGenerationAudio({ ...audio, contentType: "audio/mpeg" })).toEqual({
    kind: "not-wav",
    reason: "the recording is audio/mpeg",
  });
});

it("a file that cannot be measured is rejected with the probe's reason", () => {
  expect(validateGenerationAudio({ kind: "unsupported", reason: "breaks off", format: null })).toEqual({
    kind: "not-wav",
    reason: "breaks off",
  });
});
