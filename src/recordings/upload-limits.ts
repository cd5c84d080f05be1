// The size limits of uploads, and what the headers of a request say about its body before a byte is read.

/** The largest recording of a voice: 20 MiB. */
export const MAX_RECORDING_BYTES = 20 * 1024 * 1024;

/** The largest audio of a generation: 100 MiB, over half an hour of 16-bit mono at 24 kHz. */
export const MAX_GENERATION_BYTES = 100 * 1024 * 1024;

/** The body of an upload. `sizeBytes` is null without a Content-Length. */
export interface UploadBody {
  stream: ReadableStream | null;
  sizeBytes: number | null;
}

export const toUploadBody = ({ headers, body }: Request): UploadBody => ({
  stream: body,
  sizeBytes: headers.has("Content-Length") ? Number(headers.get("Content-Length")) : null,
});

export type UploadCheck = "acceptable" | "empty" | "too-large";

/** Checks the declared size of a body. One without a declared size can still turn out to be empty or too large. */
export function checkUpload({ stream, sizeBytes }: UploadBody, maxBytes: number): UploadCheck {
  if (sizeBytes !== null && sizeBytes > maxBytes) return "too-large";
  if (!stream || sizeBytes === 0) return "empty";
  return "acceptable";
}
