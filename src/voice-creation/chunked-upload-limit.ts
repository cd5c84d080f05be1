// Refuses a recording without a Content-Length when the isolate, or the organisation in it, already sends too many.
import { createMiddleware } from "hono/factory";
import type { SessionEnv } from "../auth/session.ts";
import { ApiError } from "../platform/errors.ts";
import {
  acquireChunkedUploadSlot,
  CHUNKED_UPLOAD_RETRY_AFTER_SECONDS,
} from "../recordings/chunked-uploads.ts";

/** @throws {ApiError} `too_many_uploads` */
export const limitChunkedUploads = createMiddleware<SessionEnv>(async (c, next) => {
  if (c.req.header("Content-Length") !== undefined) return next();
  const release = acquireChunkedUploadSlot(c.env, { pool: "creation", orgId: c.var.identity.orgId });
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
