// Measures the levels of a stream of PCM, in memory that does not depend on its length.
import type { AudioLevels } from "../../../src/platform/audio-levels.ts";
import { PCM_SAMPLE_BYTES, type PcmData } from "../../../src/probe/codecs/pcm-data.ts";
import { LevelMeter } from "./levels.ts";
import { PcmDecoder } from "./pcm-decoder.ts";

/** `chunks` are the bytes of `pcm`, cut anywhere. @throws {Error} when they are not as many as `pcm` has */
export async function measurePcm(pcm: PcmData, chunks: AsyncIterable<Uint8Array>): Promise<AudioLevels> {
  const decoder = new PcmDecoder(pcm);
  const meter = new LevelMeter(pcm, pcm.sizeBytes / (pcm.channels * PCM_SAMPLE_BYTES[pcm.encoding]));
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    decoder.push(chunk, (samples) => meter.push(samples));
  }
  if (bytes !== pcm.sizeBytes) throw new Error(`the recording has ${bytes} bytes of ${pcm.sizeBytes}`);
  return meter.finish();
}
