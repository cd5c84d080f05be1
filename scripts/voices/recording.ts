// A recording in a file: examined as an upload is, without reading it into memory.
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { probeRecording } from "../../src/probe/probe.ts";
import { judgeRecording, MIN_DURATION_SECONDS } from "../../src/rules/audio-verdict.ts";
import { MAX_UPLOAD_BYTES } from "../../src/rules/upload.ts";

export type Examined =
  | {
      kind: "accepted";
      contentType: string;
      durationSeconds: number;
      sizeBytes: number;
      /** In hexadecimal. */
      md5: string;
    }
  | { kind: "refused"; reason: string };

/** @throws {Error} when the file can't be read */
export async function examineRecording(path: string): Promise<Examined> {
  const file = await open(path);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) return { kind: "refused", reason: "is not a file" };
    if (stat.size === 0) return { kind: "refused", reason: "is empty" };
    if (stat.size > MAX_UPLOAD_BYTES) {
      return { kind: "refused", reason: `is larger than ${MAX_UPLOAD_BYTES / 1024 / 1024} MiB` };
    }
    return await judge(file, stat.size);
  } finally {
    await file.close();
  }
}

async function judge(file: FileHandle, size: number): Promise<Examined> {
  const verdict = judgeRecording(
    await probeRecording({ size, read: (offset, length) => readExactly(file, offset, length) }),
  );
  switch (verdict.kind) {
    case "not-audio":
      return { kind: "refused", reason: `is not audio that can be measured: ${verdict.reason}` };
    case "too-short": {
      // Rounded down: 9.96 s must not be refused as 10.0 s.
      const seconds = (Math.floor(verdict.durationSeconds * 10) / 10).toFixed(1);
      return { kind: "refused", reason: `is too short: ${seconds} s of at least ${MIN_DURATION_SECONDS} s` };
    }
    case "accepted":
      return { ...verdict, sizeBytes: size, md5: await digest(file) };
  }
}

async function readExactly(
  file: FileHandle,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  if (bytesRead !== length) throw new Error("the file was cut short while it was read");
  return bytes;
}

async function digest(file: FileHandle): Promise<string> {
  const hash = createHash("md5");
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) hash.update(chunk);
  return hash.digest("hex");
}
