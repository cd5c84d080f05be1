// Reads the body of an upload, and never more of it than an upload may have.
import { ApiError } from "../errors.ts";

/** The largest recording accepted: 20 MiB. */
export const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;

/**
 * The bytes of `request`'s body. Too many are refused by Content-Length before any is read, and by counting
 * where there is none.
 * @throws {ApiError} `file_too_large`; `upload_interrupted` when the body breaks off
 */
export async function readUpload({ headers, body }: Request): Promise<ArrayBuffer> {
  if (Number(headers.get("Content-Length")) > MAX_UPLOAD_BYTES) throw new ApiError("file_too_large");
  if (!body) return new ArrayBuffer(0);
  try {
    return await new Response(body.pipeThrough(atMost(MAX_UPLOAD_BYTES))).arrayBuffer();
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError("upload_interrupted");
  }
}

function atMost(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let count = 0;
  return new TransformStream({
    transform(chunk, controller) {
      count += chunk.byteLength;
      if (count > limit) throw new ApiError("file_too_large");
      controller.enqueue(chunk);
    },
  });
}
