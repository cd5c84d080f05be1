// The levels of a recording in R2: one read of its beginning, where the headers are, then one stream of its samples.
import type { LevelsAnswer } from "../../../src/platform/levels-answer.ts";
import type { PcmData } from "../../../src/probe/codecs/pcm-data.ts";
import { aiff } from "../../../src/probe/containers/aiff.ts";
import { wav } from "../../../src/probe/containers/wav.ts";
import { Reader } from "../../../src/probe/reader.ts";
import { UnsupportedAudioError } from "../../../src/probe/unsupported-audio-error.ts";
import { bucketSource } from "../bucket-source.ts";
import type { ReadOnlyBucket } from "../read-only-bucket.ts";
import { measurePcm } from "./measure-pcm.ts";

const HEAD_BYTES = 64 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** The whole probe would make the bundle a quarter larger, and count the frames of anything else for nothing. */
const PCM_CONTAINERS = [wav, aiff];

/** @throws {Error} when R2 fails, and when the object is replaced meanwhile */
export async function measureStored(bucket: ReadOnlyBucket, key: string): Promise<LevelsAnswer> {
  const object = await bucket.get(key, { range: { offset: 0, length: HEAD_BYTES } });
  if (!object) return { kind: "missing" };
  const head = new Uint8Array(await object.arrayBuffer());
  const pcm = await findPcm(bucket, key, object.size, head);
  if (!pcm) return { kind: "not-pcm" };
  const range = { offset: pcm.offsetBytes, length: pcm.sizeBytes };
  const samples = await bucket.get(key, { range, onlyIf: { etagMatches: object.etag } });
  if (!(samples && "body" in samples)) throw new Error("the object was replaced while it was measured");
  return { kind: "levels", ...(await measurePcm(pcm, chunksOf(samples.body))) };
}

/** In larger chunks than the 4 KiB in which a stream is iterated. Each is valid until the next. */
async function* chunksOf(stream: ReadableStream): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader({ mode: "byob" });
  for (let buffer = new ArrayBuffer(CHUNK_BYTES); ; ) {
    const { value, done } = await reader.readAtLeast(CHUNK_BYTES, new Uint8Array(buffer));
    if (value) yield value;
    if (done || !value) return;
    buffer = value.buffer as ArrayBuffer;
  }
}

async function findPcm(
  bucket: ReadOnlyBucket,
  key: string,
  size: number,
  head: Uint8Array<ArrayBuffer>,
): Promise<PcmData | null> {
  const stored = bucketSource(bucket, key, size);
  const reader = new Reader({
    size,
    read: async (offset, length) =>
      offset + length <= head.length ? head.subarray(offset, offset + length) : stored.read(offset, length),
  });
  await reader.need(Math.min(HEAD_BYTES, size));
  const container = PCM_CONTAINERS.find(
    ({ magicBytes, matches }) => reader.remaining >= magicBytes && matches(reader),
  );
  try {
    const measured = await container?.measure(reader);
    return measured?.pcm && measured.durationSeconds > 0 ? measured.pcm : null;
  } catch (error) {
    if (error instanceof UnsupportedAudioError) return null;
    throw error;
  }
}
