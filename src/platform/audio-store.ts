// Audio objects in R2 and the layout of their keys. The text-to-speech backend reads the same keys from the mounted
// bucket: neither the layout nor the bytes of an object may change.
import type { AudioVersion } from "../http/audio-response-plan.ts";
import { type RangeSpec, resolveRange } from "../http/range.ts";

export const systemVoiceKey = (voiceId: string) => `voices/system/${voiceId}`;
export const customVoiceKey = (orgId: string, voiceId: string) => `voices/orgs/${orgId}/${voiceId}`;
export const generationKey = (orgId: string, generationId: string) =>
  `generations/orgs/${orgId}/${generationId}`;

/** The metadata of a stored audio object. */
export interface StoredAudio extends AudioVersion {
  /**
   * The Content-Type that was stored with the object: claimed by its uploader, not verified. A function, because
   * voices alone need it, and the runtime creates the metadata at each access.
   */
  storedContentType: () => string | undefined;
}

/** A stored audio object, with the stream of what was requested: null for the metadata alone, and for a range past the end. */
export interface OpenedAudio extends StoredAudio {
  body: ReadableStream | null;
}

/** An object's metadata, or null. One R2 operation, two after a failure. */
export async function headAudio(bucket: R2Bucket, key: string): Promise<OpenedAudio | null> {
  const object = await retryOnce(() => bucket.head(key));
  return object && toOpenedAudio(object, null);
}

/**
 * An object as a native stream, whole or only `range`, or null. One R2 operation, two after a failure, and one more
 * for a range past the end, which R2 answers with an error.
 */
export async function openAudio(
  bucket: R2Bucket,
  key: string,
  range: RangeSpec | null,
): Promise<OpenedAudio | null> {
  try {
    const object = await retryOnce(() => bucket.get(key, range ? { range: toR2Range(range) } : {}));
    return object && toOpenedAudio(object, object.body);
  } catch (error) {
    const audio = range && (await headAudio(bucket, key));
    if (range && audio && resolveRange(range, audio.size) === null) return audio;
    throw error;
  }
}

/** R2 accepts one write a second to a key (https://developers.cloudflare.com/r2/platform/limits/). */
export const WRITE_INTERVAL_SECONDS = 1;

/** Deletes at most 1,000 objects. A missing object is no error. An object may have been written a moment ago. */
export async function deleteAudio(bucket: R2Bucket, keys: string[]): Promise<void> {
  try {
    await bucket.delete(keys);
  } catch (error) {
    if (!hasR2Code(error, R2_CODES.tooManyRequests)) throw error;
    await scheduler.wait(WRITE_INTERVAL_SECONDS * 1000);
    await bucket.delete(keys);
  }
}

/** At the end of a message, as in "put: … (10058)": https://developers.cloudflare.com/r2/api/error-codes/. */
export const R2_CODES = {
  incompleteBody: 10013,
  badDigest: 10037,
  invalidRange: 10039,
  clientDisconnect: 10054,
  tooManyRequests: 10058,
} as const;

export const hasR2Code = (error: unknown, ...codes: number[]): boolean =>
  error instanceof Error && codes.some((code) => error.message.includes(`(${code})`));

const toOpenedAudio = (object: R2Object, body: ReadableStream | null): OpenedAudio => ({
  etag: object.httpEtag,
  lastModified: object.uploaded.getTime(),
  size: object.size,
  storedContentType: () => object.httpMetadata?.contentType,
  body,
});

// R2 returns the whole object for several ranges or a malformed header: it is given the parsed range instead.
function toR2Range(range: RangeSpec): R2Range {
  if ("suffix" in range) return range;
  return range.last === null
    ? { offset: range.first }
    : { offset: range.first, length: range.last - range.first + 1 };
}

/** Retries a read that failed before its first byte. */
const retryOnce = <T>(read: () => Promise<T>): Promise<T> =>
  read().catch((error) => {
    // A retry would fail as well.
    if (hasR2Code(error, R2_CODES.invalidRange)) throw error;
    return read();
  });
