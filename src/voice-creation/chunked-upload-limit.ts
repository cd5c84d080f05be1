// Refuses a recording without a Content-Length when the isolate already receives too many of them.
import { createMiddleware } from "hono/factory";
import type { BaseEnv } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import {
  acquireChunkedUploadSlot,
  CHUNKED_UPLOAD_RETRY_AFTER_SECONDS,
} from "../recordings/chunked-uploads.ts";

/** @throws {ApiError} `too_many_uploads` */
export const limitChunkedUploads = createMiddleware<BaseEnv>(async (c, next) => {
  if (c.req.header("Content-Length") !== undefined) return next();
  const release = acquireChunkedUploadSlot(c.env);
  if (!release) {
    throw new ApiError("too_many_uploads", {
      headers: { "Retry-After": String(CHUNKED_UPLOAD_RETRY_AFTER_SECONDS) },
    });
  }
  try {
    await next();
  } finally {
    release();
  }
});
