// Bounds an uploaded recording before anything reads it.
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";

/** The largest recording accepted: 20 MiB. */
export const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;

const limit = bodyLimit({
  maxSize: MAX_UPLOAD_BYTES,
  onError: () => {
    throw new ApiError("file_too_large");
  },
});

/**
 * Refuses by Content-Length before a byte is read, and by counting where there is none.
 * @throws {ApiError} `file_too_large`; `upload_interrupted` when the counted body breaks off
 */
export const audioBody = createMiddleware<AppEnv>(async (c, next) => {
  try {
    return await limit(c, next);
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError("upload_interrupted");
  }
});
