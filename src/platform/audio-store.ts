// Audio in R2, and the layout of its keys. The text-to-speech backend reads the same keys from the mounted bucket:
// neither the layout nor a byte of an object may change.
import type { AudioVersion } from "../http/audio-response-plan.ts";
import { type RangeSpec, resolveRange } from "../http/range.ts";

export const systemVoiceKey = (voiceId: string) => `voices/system/${voiceId}`;
export const customVoiceKey = (orgId: string, voiceId: string) => `voices/orgs/${orgId}/${voiceId}`;
export const generationKey = (orgId: string, generationId: string) =>
  `generations/orgs/${orgId}/${generationId}`;

/** A stored audio as R2 knows it. */
export interface StoredAudio extends AudioVersion {
  /** The Content-Type that the object carries: a claim. */
  claimedType: string | undefined;
}

/** A stored audio with the stream of the range asked for; no stream when that range lies past the end. */
export interface OpenedAudio extends StoredAudio {
  body: ReadableStream | null;
}

/** What R2 knows of an object, without its bytes. One operation, twice after a failure. */
export async function describeAudio(bucket: R2Bucket, key: string): Promise<StoredAudio | null> {
  const object = await retryOnce(() => bucket.head(key));
  return object && describe(object);
}

/**
 * An object's native stream, whole or `range` of it. One operation, twice after a failure; R2 answers a range
 * past the end with an error, and what the object is takes an operation more.
 */
export async function openAudio(
  bucket: R2Bucket,
  key: string,
  range: RangeSpec | null,
): Promise<OpenedAudio | null> {
  try {
    const object = await retryOnce(() => bucket.get(key, range ? { range: toR2Range(range) } : {}));
    return object && { ...describe(object), body: object.body };
  } catch (error) {
    const object = range && (await describeAudio(bucket, key));
    if (range && object && resolveRange(range, object.size) === null) return { ...object, body: null };
    throw error;
  }
}

/** Removes objects, a thousand at most; those that are not there are no error. */
export const deleteAudio = (bucket: R2Bucket, keys: string[]): Promise<void> => bucket.delete(keys);

const describe = ({ httpEtag, uploaded, size, httpMetadata }: R2Object): StoredAudio => ({
  etag: httpEtag,
  lastModified: uploaded,
  size,
  claimedType: httpMetadata?.contentType,
});

// R2 reads a Range header by rules of its own (several ranges, bad ones): it is given the parsed range instead.
function toR2Range(range: RangeSpec): R2Range {
  if ("suffix" in range) return range;
  return range.last === null
    ? { offset: range.first }
    : { offset: range.first, length: range.last - range.first + 1 };
}

// Trying again would not help; whether the range really lies past the end is seen from the object's size.
const isUnsatisfiable = (error: unknown) => error instanceof Error && error.message.includes("(10039)");

/** A read that fails before its first byte is tried once more. */
async function retryOnce<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isUnsatisfiable(error)) throw error;
    return read();
  }
}
