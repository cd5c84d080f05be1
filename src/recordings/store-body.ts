// Takes a recording from a client into R2, holding a part of it at most.
import { encodeBase64Url } from "hono/utils/encode";

/** R2's least size of a part that is not the last. */
const PART_BYTES = 5 * 1024 * 1024;

export type Stored =
  /** `md5` is the recording's digest in base64url, where R2 tells it. */
  | { kind: "stored"; sizeBytes: number; md5: string | null }
  | { kind: "empty" }
  | { kind: "too-large" }
  /** The key is another's, as the {@link Guard} has it. */
  | { kind: "occupied" }
  /** The body broke off. */
  | { kind: "interrupted" };

/** Keeps what is at a key, or comes there meanwhile, from being overwritten. */
export interface Guard {
  /** What R2 is told of a put in one piece. */
  condition: R2PutOptions;
  /** Whether the key may be written: asked before each part and before the last word, for which R2 takes no condition. */
  holds: () => Promise<boolean>;
}

const UNGUARDED: Guard = { condition: {}, holds: async () => true };

/**
 * Stores the body of `request` at `key`. With a Content-Length it goes through as a native stream; without one,
 * which R2 does not take, in parts of 5 MiB.
 * @throws {Error} when R2 fails: whether something was stored is then not known
 */
export async function storeUpload(
  bucket: R2Bucket,
  key: string,
  { headers, body }: Request,
  maxBytes: number,
  guard = UNGUARDED,
): Promise<Stored> {
  if (!body) return { kind: "empty" };
  if (headers.has("Content-Length")) {
    return storeStream(bucket, key, body, guard.condition);
  }
  return storeInParts(bucket, key, body, maxBytes, guard);
}

async function storeStream(
  bucket: R2Bucket,
  key: string,
  body: ReadableStream,
  condition: R2PutOptions,
): Promise<Stored> {
  try {
    const stored: R2Object | null = await bucket.put(key, body, condition);
    if (!stored) return { kind: "occupied" };
    const { size, checksums } = stored;
    return { kind: "stored", sizeBytes: size, md5: checksums.md5 ? encodeBase64Url(checksums.md5) : null };
  } catch (error) {
    if (isBodyLost(error)) return { kind: "interrupted" };
    throw error;
  }
}

// All that workerd says when either end of a native stream goes away, which nearly always is the client; and what it
// says of one that is longer or shorter than it was to be.
const isBodyLost = (error: unknown) =>
  error instanceof Error && /^Network connection lost|FixedLengthStream/.test(error.message);

async function storeInParts(
  bucket: R2Bucket,
  key: string,
  body: ReadableStream,
  maxBytes: number,
  { condition, holds }: Guard,
): Promise<Stored> {
  const digest = new crypto.DigestStream("MD5");
  const hasher = digest.getWriter();
  const parts: R2UploadedPart[] = [];
  let upload: R2MultipartUpload | undefined;
  let sizeBytes = 0;
  try {
    for await (const part of inParts(body)) {
      sizeBytes += part.byteLength;
      if (sizeBytes > maxBytes) {
        await upload?.abort();
        return { kind: "too-large" };
      }
      await hasher.write(part);
      const isAlone = !upload && part.byteLength < PART_BYTES;
      if (isAlone) {
        const stored: R2Object | null = await bucket.put(key, part, condition);
        if (!stored) return { kind: "occupied" };
        continue;
      }
      if (!(await holds())) return await abandoned(upload);
      upload ??= await bucket.createMultipartUpload(key);
      parts.push(await upload.uploadPart(parts.length + 1, part));
    }
    await hasher.close();
    if (sizeBytes === 0) return { kind: "empty" };
    if (upload && !(await holds())) return await abandoned(upload);
    await upload?.complete(parts);
    return { kind: "stored", sizeBytes, md5: encodeBase64Url(await digest.digest) };
  } catch (error) {
    // What is not aborted here, R2 itself throws away after seven days.
    await upload?.abort().catch(() => undefined);
    if (error instanceof BodyInterrupted) return { kind: "interrupted" };
    throw error;
  }
}

async function abandoned(upload: R2MultipartUpload | undefined): Promise<Stored> {
  await upload?.abort();
  return { kind: "occupied" };
}

class BodyInterrupted extends Error {}

/** The bytes of `body` in pieces of PART_BYTES, the last one shorter. Each is overwritten by the next. */
async function* inParts(body: ReadableStream): AsyncGenerator<Uint8Array> {
  const reader = body.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(PART_BYTES);
  try {
    for (;;) {
      const { value } = await reader.readAtLeast(PART_BYTES, new Uint8Array(buffer)).catch((cause) => {
        throw new BodyInterrupted("the body broke off", { cause });
      });
      if (value?.byteLength) yield value;
      if (!value || value.byteLength < PART_BYTES) return;
      buffer = value.buffer as ArrayBuffer;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

export type Digested = { kind: "digested"; md5: string } | { kind: "too-large" } | { kind: "interrupted" };

/** The MD5 of `body`, as {@link storeUpload} tells it. */
export async function digestBody(body: ReadableStream | null, maxBytes: number): Promise<Digested> {
  const digest = new crypto.DigestStream("MD5");
  const hasher = digest.getWriter();
  let sizeBytes = 0;
  try {
    for await (const chunk of body ?? []) {
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
