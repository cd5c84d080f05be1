// Middleware for Idempotency-Key: a repeated creation receives the response of the first one.
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { encodeBase64Url } from "hono/utils/encode";
import type { SessionEnv } from "../auth/session.ts";
import { ApiError } from "../platform/errors.ts";
import { findQueryIssues } from "../platform/query-issues.ts";
import { digestBody } from "../recordings/store-body.ts";
import { MAX_RECORDING_BYTES } from "../recordings/upload-limits.ts";
import { deleteUploads } from "./cleanup-queries.ts";
import { checkIdempotencyKey, isIdempotencyKey } from "./idempotency-policy.ts";
import {
  findUploadByIdempotencyKey,
  type IdempotencyRecord,
  type IdempotentRequest,
  rollbackUpload,
} from "./queries.ts";
import { voiceInput } from "./schema.ts";
import { respondVoiceCreated } from "./voice-created.ts";

const RETRY_AFTER_SECONDS = 2;

/** The context after the middleware {@link idempotency}. */
export interface IdempotencyEnv extends SessionEnv {
  Variables: SessionEnv["Variables"] & { idempotentRequest: IdempotentRequest | undefined };
}

/**
 * Replays the response of a completed creation under the request's key. A request without a key, or with one that is
 * free, passes.
 * @throws {ApiError} `invalid_idempotency_key`; `idempotency_key_in_use` while the first request is running;
 * `idempotency_key_reused` when the first request was a different one
 */
export const idempotency = createMiddleware<IdempotencyEnv>(async (c, next) => {
  const key = c.req.header("Idempotency-Key");
  if (key === undefined) return next();
  if (!isIdempotencyKey(key)) throw new ApiError("invalid_idempotency_key");
  // A malformed query has the digest of the valid one that contains U+FFFD in its place. validateQuery rejects it.
  if (findQueryIssues(c.req.url, []).length > 0) return next();
  const request = { key, requestSha256: await digestQuery(c.req.url) };
  const { database, identity } = c.var;
  const holder = await findUploadByIdempotencyKey(database, identity.orgId, key);
  if (holder) {
    switch (checkIdempotencyKey(holder, request.requestSha256, new Date())) {
      case "completed":
        return replay(c, holder);
      case "in-progress":
        throw idempotencyInProgress();
      case "different-request":
        throw new ApiError("idempotency_key_reused");
      case "expired":
        await deleteUploads(database, [holder.voiceId]);
        break;
      case "abandoned":
        // It can have been completed since it was read: the next retry replays it.
        if (!(await rollbackUpload(database, { ...holder, orgId: identity.orgId })))
          throw idempotencyInProgress();
    }
  }
  c.set("idempotentRequest", request);
  await next();
});

export const idempotencyInProgress = (): ApiError =>
  new ApiError("idempotency_key_in_use", { headers: { "Retry-After": String(RETRY_AFTER_SECONDS) } });

/** The response of the first request, provided that the recording is the same. */
async function replay(c: Context, { voiceId, bodyMd5 }: IdempotencyRecord): Promise<Response> {
  if (bodyMd5 !== null) {
    const digest = await digestBody(c.req.raw.body, MAX_RECORDING_BYTES);
    if (digest.kind === "interrupted") throw new ApiError("upload_interrupted");
    const isSame = digest.kind === "digested" && digest.md5 === bodyMd5;
    if (!isSame) throw new ApiError("idempotency_key_reused");
  }
  c.header("Idempotent-Replayed", "true");
  const { name } = voiceInput.parse(c.req.query());
  return respondVoiceCreated(c, { id: voiceId, name });
}

/** SHA-256 of the query parameters, independent of their order, in base64url. */
async function digestQuery(url: string): Promise<string> {
  const query = new URL(url).searchParams;
  query.sort();
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(query.toString()));
  return encodeBase64Url(digest);
}
