// Bounds an uploaded recording before anything reads it.
import { bodyLimit } from "hono/body-limit";
import { ApiError } from "../errors.ts";

/** The largest recording accepted: 20 MiB. */
export const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;

/**
 * Refuses by Content-Length before a byte is read, and by counting where there is none.
 * @throws {ApiError} `file_too_large`
 */
export const audioBody = bodyLimit({
  maxSize: MAX_UPLOAD_BYTES,
  onError: () => {
    throw new ApiError("file_too_large");
  },
});
