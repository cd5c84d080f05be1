// Probes what a client uploaded, and recognises a form or message around the file: MPEG audio has no magic bytes, so the
// probe would find and measure it behind such a header.
import { type ProbeResult, probeRecording } from "../probe/probe.ts";
import type { ByteSource } from "../probe/reader.ts";

/** `wrapped`: the body is a form or message that contains a file. */
export type UploadProbeResult = ProbeResult | { kind: "wrapped" };

const INSPECTED_BYTES = 512;

// A boundary of a multipart body (RFC 2046 §5.1.1) or an HTTP status line, if any, then a header field. No audio format
// begins with such text.
const MESSAGE_HEADER = /^(?:(?:--|HTTP\/)[\x20-\x7e]{1,200}\r?\n)?[a-z][a-z-]{3,40}:[\x20-\x7e]*\r?\n/i;

/** Probes `source` with no further reads. @throws whatever `source` throws when it cannot be read */
export async function probeUpload(source: ByteSource): Promise<UploadProbeResult> {
  let isWrapped = false;
  const result = await probeRecording({
    size: source.size,
    read: async (offset, length) => {
      const bytes = await source.read(offset, length);
      if (offset === 0) isWrapped = beginsWithMessageHeader(bytes);
      return bytes;
    },
  });
  return isWrapped ? { kind: "wrapped" } : result;
}

const beginsWithMessageHeader = (bytes: Uint8Array): boolean =>
  MESSAGE_HEADER.test(new TextDecoder("latin1").decode(bytes.subarray(0, INSPECTED_BYTES)));
