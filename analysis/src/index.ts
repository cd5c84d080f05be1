// The entry point of the second Worker: reads recordings in R2 on behalf of the main Worker. It stores nothing, has no
// other binding than the bucket, and answers nobody but the main Worker.
import { WorkerEntrypoint } from "cloudflare:workers";
import type { LevelsResult } from "../../src/platform/audio-levels.ts";
import type { ProbeResult, RecognisedFormat } from "../../src/probe/probe.ts";
import { bucketSource } from "./bucket-source.ts";
import { claimRecording } from "./claim.ts";
import { measureStored } from "./levels/stored-levels.ts";
import type { ReadOnlyBucket } from "./read-only-bucket.ts";

interface AnalysisEnv {
  AUDIO: ReadOnlyBucket;
}

export default class Analysis extends WorkerEntrypoint<AnalysisEnv> {
  /** What the recording at `key` claims of its audio, for a kind that the probe cannot count. */
  claim(key: string, sizeBytes: number, recognised?: RecognisedFormat): Promise<ProbeResult> {
    return claimRecording(bucketSource(this.env.AUDIO, key, sizeBytes), recognised);
  }

  /** The levels of the uncompressed audio at `key`. */
  levels(key: string): Promise<LevelsResult> {
    return measureStored(this.env.AUDIO, key);
  }
}
