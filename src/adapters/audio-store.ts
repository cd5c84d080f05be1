// Audio in R2, and the layout of its keys. The text-to-speech backend reads the same keys from the mounted bucket:
// neither the layout nor a byte of an object may change.

export const systemVoiceKey = (voiceId: string) => `voices/system/${voiceId}`;
export const customVoiceKey = (orgId: string, voiceId: string) => `voices/orgs/${orgId}/${voiceId}`;
export const generationKey = (orgId: string, generationId: string) =>
  `generations/orgs/${orgId}/${generationId}`;

/** Opens an object's body as a native stream, or finds nothing. */
export const openAudio = (bucket: R2Bucket, key: string): Promise<R2ObjectBody | null> => bucket.get(key);

/** Stores `bytes` unchanged under their inspected type. */
export async function putAudio(
  bucket: R2Bucket,
  key: string,
  bytes: ArrayBuffer | ArrayBufferView,
  contentType: string,
): Promise<void> {
  await bucket.put(key, bytes, { httpMetadata: { contentType } });
}

export const deleteAudio = (bucket: R2Bucket, key: string): Promise<void> => bucket.delete(key);
