// What an upload may be, told by its head before a byte of it is read.

/** The largest recording accepted: 20 MiB. */
export const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;

/** The largest audio of a generation: 100 MiB, which is over half an hour at 24 kHz in 16 bits. */
export const MAX_GENERATION_BYTES = 100 * 1024 * 1024;

export type UploadVerdict = "acceptable" | "empty" | "too-large";

/** Judges a request by its head; one without a Content-Length may still turn out empty or too large. */
export function judgeUpload(
  { headers, body }: Pick<Request, "headers" | "body">,
  maxBytes: number,
): UploadVerdict {
  const length = Number(headers.get("Content-Length") ?? Number.NaN);
  if (length > maxBytes) return "too-large";
  if (!body || length === 0) return "empty";
  return "acceptable";
}
