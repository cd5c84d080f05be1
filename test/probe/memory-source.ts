// Probes recordings in memory.
import { type ProbeResult, probeRecording } from "../../src/probe/probe.ts";
import type { ByteSource } from "../../src/probe/reader.ts";

/** A source that counts what is read of it, and throws on a read outside of the recording. */
export function memorySource(
  bytes: Uint8Array<ArrayBuffer>,
): ByteSource & { reads: number; bytesRead: number } {
  const source = {
    size: bytes.length,
    reads: 0,
    bytesRead: 0,
    read: async (offset: number, length: number) => {
      if (offset < 0 || length <= 0 || offset + length > bytes.length) throw new Error("read past the end");
      source.reads += 1;
      source.bytesRead += length;
      return bytes.slice(offset, offset + length);
    },
  };
  return source;
}

export const probeBytes = (bytes: Uint8Array<ArrayBuffer>): Promise<ProbeResult> =>
  probeRecording(memorySource(bytes));

/** The duration in seconds, or the reason why there is none. */
export async function durationOf(bytes: Uint8Array<ArrayBuffer>): Promise<number | string> {
  const result = await probeBytes(bytes);
  return result.kind === "audio" ? result.durationSeconds : result.reason;
}
