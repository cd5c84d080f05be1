// The levels of a recording in R2: one read of its beginning, where the headers are, then one stream of its samples.
import type { LevelsResult } from "../../../src/platform/audio-levels.ts";
import type { PcmData } from "../../../src/probe/codecs/pcm-data.ts";
import { probeRecording } from "../../../src/probe/probe.ts";
import { bucketSource } from "../bucket-source.ts";
import type { ReadOnlyBucket } from "../read-only-bucket.ts";
import { measurePcm } from "./measure-pcm.ts";

const HEAD_BYTES = 64 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** The beginnings of WAVE and AIFF. The probe would count the frames of anything else, for nothing. */
const PCM_CONTAINERS = /^(?:RIFF|RF64|BW64|FORM)/;

/** @throws {Error} when R2 fails, and when the object is replaced meanwhile */
export async function measureStored(bucket: ReadOnlyBucket, key: string): Promise<LevelsResult> {
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
  if (!PCM_CONTAINERS.test(new TextDecoder().decode(head.subarray(0, 4)))) return null;
  const stored = bucketSource(bucket, key, size);
  const probed = await probeRecording({
    size,
    read: async (offset, length) =>
      offset + length <= head.length ? head.subarray(offset, offset + length) : stored.read(offset, length),
  });
  return probed.kind === "audio" ? (probed.pcm ?? null) : null;
}
