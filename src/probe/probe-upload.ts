// Probes what a client uploaded, and recognises a form or message around the file: MPEG audio has no magic bytes, so the
// probe would find and measure it behind such a header.
import { type ProbeResult, probeRecording } from "./probe.ts";
import type { ByteSource } from "./reader.ts";

/** `wrapped`: the body is a form or message that contains a file. */
export type UploadProbeResult = ProbeResult | { kind: "wrapped" };

/** Enough for a form's field with a long file name. */
const INSPECTED_BYTES = 2048;

// A boundary of a multipart body (RFC 2046 §5.1.1), which an empty line may precede, or an HTTP status line, if any; then
// a header field, with a value in UTF-8: browsers write file names so. No audio format begins with such text.
const MESSAGE_HEADER = /^(?:\r?\n)?(?:(?:--|HTTP\/)\P{Cc}{1,200}\r?\n)?[a-z][a-z-]{3,40}:\P{Cc}*\r?\n/iu;

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
  MESSAGE_HEADER.test(new TextDecoder().decode(bytes.subarray(0, INSPECTED_BYTES)));
