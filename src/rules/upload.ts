// What an upload may be, told by its head before a byte of it is read.

/** The largest recording accepted: 20 MiB. */
export const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;

export type UploadVerdict = "acceptable" | "empty" | "too-large" | "no-content-type";

/** Judges a request by its head; one without a Content-Length may still turn out empty or too large. */
export function judgeUpload({ headers, body }: Pick<Request, "headers" | "body">): UploadVerdict {
  const length = Number(headers.get("Content-Length") ?? Number.NaN);
  if (length > MAX_UPLOAD_BYTES) return "too-large";
  if (!body || length === 0) return "empty";
  if (!headers.get("Content-Type")?.split(";")[0]?.trim()) return "no-content-type";
  return "acceptable";
}
