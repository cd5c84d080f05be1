// Bounds how many uploads without a Content-Length an isolate takes at once: each holds a part in its memory.
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";

/** Of 5 MiB each, in an isolate of 128 MB. */
const MAX_AT_ONCE = 8;
/** After which an upload is no longer counted: one that the platform ends does not say so. */
const COUNTED_FOR_MS = 10 * 60_000;
const RETRY_AFTER_SECONDS = 10;

/** @throws {ApiError} `too_many_uploads` */
export const chunkedUploads = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.header("Content-Length") !== undefined) return next();
  const { chunkedUploads: open } = c.var.memory;
  const now = Date.now();
  for (const [upload, startedAt] of open) if (now - startedAt > COUNTED_FOR_MS) open.delete(upload);
  if (open.size >= MAX_AT_ONCE) {
    throw new ApiError("too_many_uploads", { headers: { "Retry-After": String(RETRY_AFTER_SECONDS) } });
  }
  const upload = Symbol("upload");
  open.set(upload, now);
  try {
    await next();
  } finally {
    open.delete(upload);
  }
});
