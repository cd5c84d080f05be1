// Validates a recording in a file by the rules for uploads, without reading it into memory.
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { AudioFactColumns } from "../../src/platform/audio-facts.ts";
import { probeUpload } from "../../src/probe/probe-upload.ts";
import { MAX_RECORDING_BYTES } from "../../src/recordings/upload-limits.ts";
import {
  formatTooShortSeconds,
  MIN_DURATION_SECONDS,
  validateRecording,
} from "../../src/voice-creation/policy.ts";

export type RecordingResult =
  | {
      kind: "accepted";
      contentType: string;
      durationSeconds: number;
      facts: AudioFactColumns;
      sizeBytes: number;
      /** Hexadecimal. */
      md5: string;
    }
  | { kind: "rejected"; reason: string };

/** @throws {Error} when the file cannot be read */
export async function probeRecordingFile(path: string): Promise<RecordingResult> {
  const file = await open(path);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) return { kind: "rejected", reason: "is not a file" };
    if (stat.size === 0) return { kind: "rejected", reason: "is empty" };
    if (stat.size > MAX_RECORDING_BYTES) {
      return { kind: "rejected", reason: `is larger than ${MAX_RECORDING_BYTES / 1024 / 1024} MiB` };
    }
    return await checkRecording(file, stat.size);
  } finally {
    await file.close();
  }
}

async function checkRecording(file: FileHandle, sizeBytes: number): Promise<RecordingResult> {
  const result = validateRecording(
    await probeUpload({ size: sizeBytes, read: (offset, length) => readExactly(file, offset, length) }),
  );
  switch (result.kind) {
    case "not-audio":
    case "unsupported-format":
      return { kind: "rejected", reason: `is not supported audio: ${result.reason}` };
    case "wrapped":
      return { kind: "rejected", reason: "is a form or message that contains a file" };
    case "too-short": {
      const seconds = formatTooShortSeconds(result.durationSeconds);
      return {
        kind: "rejected",
        reason: `is too short: ${seconds} s, at least ${MIN_DURATION_SECONDS} s are required`,
      };
    }
    case "accepted":
      return { ...result, sizeBytes, md5: await md5Of(file) };
  }
}

async function readExactly(
  file: FileHandle,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  if (bytesRead !== length) throw new Error("the file was truncated while it was read");
  return bytes;
}

async function md5Of(file: FileHandle): Promise<string> {
  const hash = createHash("md5");
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) hash.update(chunk);
  return hash.digest("hex");
}
