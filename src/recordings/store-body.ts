// Streams an upload into R2, holding at most one part of it in memory.
import { decodeBase64Url, encodeBase64Url } from "hono/utils/encode";
import { hasR2Code, R2_CODES } from "../platform/audio-store.ts";
import { withTimeout } from "../platform/timeout.ts";
import type { UploadBody } from "./upload-limits.ts";

/** R2's minimum size of every part but the last. */
const PART_BYTES = 5 * 1024 * 1024;
/** The longest time that the body of an upload in parts may take. */
export const MAX_CHUNKED_UPLOAD_MS = 10 * 60_000;

export type StoreResult =
  /** `md5` is the MD5 of the body in base64url; null when R2 does not report it. */
  | { kind: "stored"; sizeBytes: number; md5: string | null }
  | { kind: "empty" }
  | { kind: "too-large" }
  /** The {@link WriteGuard} forbids the write: another upload owns the key. */
  | { kind: "conflict" }
  /** The body is not the one that {@link WriteGuard} expects: nothing was stored. */
  | { kind: "mismatch" }
  /** R2 accepts one write a second to a key: nothing was stored. */
  | { kind: "throttled" }
  /** The client disconnected, or sent more or less than it declared. `mayBeStored` when R2 can have been the cause. */
  | { kind: "interrupted"; mayBeStored: boolean };

/** Whether there may be an object at the key afterwards, of this upload or, after a conflict, of another one. */
export function mayHoldObject(result: StoreResult): boolean {
  switch (result.kind) {
    case "stored":
    case "conflict":
      return true;
    case "interrupted":
      return result.mayBeStored;
    case "empty":
    case "too-large":
    case "mismatch":
    case "throttled":
      return false;
  }
}

/** Prevents an upload from overwriting an object that another one stored, or is storing, at the same key. */
export interface WriteGuard {
  /** The condition of a put in one piece. */
  putOptions: R2PutOptions;
  /** Whether the key may still be written. Checked before each part and before completion, where R2 has no conditions. */
  stillOwned: () => Promise<boolean>;
  /** The MD5 in base64url that the body must have; any when absent. Checked before anything is stored. */
  expectedMd5?: string;
}

const NO_GUARD: WriteGuard = { putOptions: {}, stillOwned: async () => true };

const toPutOptions = ({ putOptions, expectedMd5 }: WriteGuard): R2PutOptions =>
  expectedMd5 === undefined ? putOptions : { ...putOptions, md5: decodeBase64Url(expectedMd5) };

/**
 * Stores `body` at `key`. With a declared size it passes through as a native stream; otherwise, since R2 does not
 * accept a stream of unknown length, in parts of 5 MiB.
 * @throws {Error} when R2 fails: it is then unknown whether something was stored
 */
export async function storeBody(
  bucket: R2Bucket,
  key: string,
  { stream, sizeBytes }: UploadBody,
  maxBytes: number,
  guard = NO_GUARD,
): Promise<StoreResult> {
  if (!stream) return { kind: "empty" };
  if (sizeBytes !== null) return storeStream(bucket, key, stream, toPutOptions(guard));
  return storeInParts(bucket, key, stream, maxBytes, guard);
}

async function storeStream(
  bucket: R2Bucket,
  key: string,
  stream: ReadableStream,
  putOptions: R2PutOptions,
): Promise<StoreResult> {
  try {
    const object: R2Object | null = await bucket.put(key, stream, putOptions);
    if (!object) return { kind: "conflict" };
    const { size, checksums } = object;
    return { kind: "stored", sizeBytes: size, md5: checksums.md5 ? encodeBase64Url(checksums.md5) : null };
  } catch (error) {
    // workerd reports a disconnect of either end of a native stream with the same words; it is nearly always the client.
    const isDisconnect = error instanceof Error && error.message.startsWith("Network connection lost");
    return isDisconnect ? { kind: "interrupted", mayBeStored: true } : toResult(error);
  }
}

/** The result that an error of R2 or of the body stands for. @throws `error` when it is another one */
function toResult(error: unknown): StoreResult {
  if (!(error instanceof Error)) throw error;
  if (hasR2Code(error, R2_CODES.tooManyRequests)) return { kind: "throttled" };
  if (hasR2Code(error, R2_CODES.badDigest)) return { kind: "mismatch" };
  // FixedLengthStream complains about a body that is longer or shorter than declared.
  const isBody =
    error instanceof BodyInterruptedError ||
    error.message.includes("FixedLengthStream") ||
    hasR2Code(error, R2_CODES.clientDisconnect, R2_CODES.incompleteBody);
  if (isBody) return { kind: "interrupted", mayBeStored: false };
  throw error;
}

async function storeInParts(
  bucket: R2Bucket,
  key: string,
  stream: ReadableStream,
  maxBytes: number,
  guard: WriteGuard,
): Promise<StoreResult> {
  const digest = new crypto.DigestStream("MD5");
  const hasher = digest.getWriter();
  const parts: R2UploadedPart[] = [];
  let upload: R2MultipartUpload | undefined;
  let sizeBytes = 0;
  let isComplete = false;
  try {
    for await (const part of readParts(stream)) {
      sizeBytes += part.byteLength;
      if (sizeBytes > maxBytes) return { kind: "too-large" };
      await hasher.write(part);
      const isOnlyPart = !upload && part.byteLength < PART_BYTES;
      if (isOnlyPart) {
        const object: R2Object | null = await bucket.put(key, part, toPutOptions(guard));
        if (!object) return { kind: "conflict" };
        continue;
      }
      if (!(await guard.stillOwned())) return { kind: "conflict" };
      upload ??= await bucket.createMultipartUpload(key);
      parts.push(await upload.uploadPart(parts.length + 1, part));
    }
    await hasher.close();
    if (sizeBytes === 0) return { kind: "empty" };
    const md5 = encodeBase64Url(await digest.digest);
    if (upload && guard.expectedMd5 !== undefined && md5 !== guard.expectedMd5) {
      return { kind: "mismatch" };
    }
    if (upload && !(await guard.stillOwned())) return { kind: "conflict" };
    await upload?.complete(parts);
    isComplete = true;
    return { kind: "stored", sizeBytes, md5 };
  } catch (error) {
    return toResult(error);
  } finally {
    // A failure does not change the result: R2 deletes an upload that is not completed after seven days.
    if (!isComplete) await upload?.abort().catch(() => undefined);
  }
}

class BodyInterruptedError extends Error {
  override name = "BodyInterruptedError";
}

/**
 * The bytes of `stream` in parts of PART_BYTES, the last one shorter. The buffer of a part is reused for the next.
 * @throws {BodyInterruptedError} also when the stream takes longer than {@link MAX_CHUNKED_UPLOAD_MS}
 */
async function* readParts(stream: ReadableStream): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader({ mode: "byob" });
  const endsAt = Date.now() + MAX_CHUNKED_UPLOAD_MS;
  let buffer = new ArrayBuffer(PART_BYTES);
  try {
    for (;;) {
      const read = reader.readAtLeast(PART_BYTES, new Uint8Array(buffer));
      const { value } = await withTimeout("the client", endsAt - Date.now(), read).catch((cause) => {
        throw new BodyInterruptedError("the body was interrupted", { cause });
      });
      if (value?.byteLength) yield value;
      if (!value || value.byteLength < PART_BYTES) return;
      buffer = value.buffer as ArrayBuffer;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

export type DigestResult =
  | { kind: "digested"; md5: string }
  | { kind: "too-large" }
  | { kind: "interrupted" };

/** The MD5 of `stream` in base64url, as {@link storeBody} reports it. */
export async function digestBody(stream: ReadableStream | null, maxBytes: number): Promise<DigestResult> {
  const digest = new crypto.DigestStream("MD5");
  const hasher = digest.getWriter();
  let sizeBytes = 0;
  try {
    for await (const chunk of stream ?? []) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > maxBytes) return { kind: "too-large" };
      await hasher.write(chunk);
    }
  } catch {
    return { kind: "interrupted" };
  }
  await hasher.close();
  return { kind: "digested", md5: encodeBase64Url(await digest.digest) };
}
