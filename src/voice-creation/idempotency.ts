// Idempotency-Key on a creation: the same request again gets the first answer again.
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { encodeBase64Url } from "hono/utils/encode";
import type { AppEnv } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { digestBody } from "../recordings/store-body.ts";
import { MAX_UPLOAD_BYTES } from "../recordings/upload-limits.ts";
import { isIdempotencyKey, judgeKey } from "./idempotency-policy.ts";
import { abandonUpload, findKeyHolder, forgetUploads, type KeyHolder } from "./queries.ts";
import { voiceInput } from "./schema.ts";
import { respondCreated } from "./voice-created-response.ts";

const RETRY_AFTER_SECONDS = 2;

/**
 * Replays the answer that a completed creation under the request's key had; without a key, or under one that is
 * free, lets the request through.
 * @throws {ApiError} `invalid_idempotency_key`; `idempotency_key_processing` while the first request goes on;
 * `idempotency_key_reused` when it was another request
 */
export const idempotency = createMiddleware<AppEnv>(async (c, next) => {
  const key = c.req.header("Idempotency-Key");
  if (key === undefined) return next();
  if (!isIdempotencyKey(key)) throw new ApiError("invalid_idempotency_key");
  const request = { key, requestDigest: await digestQuery(c.req.url) };
  const holder = await findKeyHolder(c.var.database, c.var.identity.orgId, key);
  if (holder) {
    switch (judgeKey(holder, request.requestDigest, new Date())) {
      case "completed":
        return replay(c, holder);
      case "processing":
        throw keyProcessing();
      case "different-request":
        throw new ApiError("idempotency_key_reused");
      case "expired":
        await forgetUploads(c.var.database, [holder.voiceId]);
        break;
      case "abandoned":
        // If it was completed at this moment, it is replayed the next time.
        if (!(await abandonUpload(c.var.database, holder.voiceId))) throw keyProcessing();
    }
  }
  c.set("idempotentRequest", request);
  await next();
});

export const keyProcessing = (): ApiError =>
  new ApiError("idempotency_key_processing", { headers: { "Retry-After": String(RETRY_AFTER_SECONDS) } });

/** The first answer, if the recording is the same as well. */
async function replay(c: Context<AppEnv>, { voiceId, bodyDigest }: KeyHolder): Promise<Response> {
  if (bodyDigest !== null) {
    const digested = await digestBody(c.req.raw.body, MAX_UPLOAD_BYTES);
    if (digested.kind === "interrupted") throw new ApiError("upload_interrupted");
    const isSame = digested.kind === "digested" && digested.md5 === bodyDigest;
    if (!isSame) throw new ApiError("idempotency_key_reused");
  }
  c.header("Idempotent-Replayed", "true");
  const { name } = voiceInput.parse(c.req.query());
  return respondCreated(c, { id: voiceId, name });
}

/** SHA-256 of the query, in whatever order it names its parameters. */
async function digestQuery(url: string): Promise<string> {
  const query = new URL(url).searchParams;
  query.sort();
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(query.toString()));
  return encodeBase64Url(digest);
}
