// The entry point of the second Worker: reads recordings in R2 on behalf of the main Worker, and holds what plays do not
// need. It stores nothing, has no other binding than the bucket, and answers nobody but the main Worker.
import { WorkerEntrypoint } from "cloudflare:workers";
import type { LevelsAnswer } from "../../src/platform/levels-answer.ts";
import type { ProbeAnswer, ProbeOptions } from "../../src/platform/probed-upload.ts";
import { measureStored } from "./levels/stored-levels.ts";
import type { ReadOnlyBucket } from "./read-only-bucket.ts";
import { probeStored } from "./stored-recording.ts";

interface AnalysisEnv {
  AUDIO: ReadOnlyBucket;
}

/** No object has this key: the bucket only has to respond. */
const HEALTH_KEY = "health";

export default class Analysis extends WorkerEntrypoint<AnalysisEnv> {
  /** What the upload of `sizeBytes` at `key` is, by what is counted or, if that is accepted, claimed. */
  probe(key: string, sizeBytes: number, options: ProbeOptions): Promise<ProbeAnswer> {
    return probeStored(this.env.AUDIO, key, sizeBytes, options);
  }

  /** The levels of the uncompressed audio at `key`. */
  levels(key: string): Promise<LevelsAnswer> {
    return measureStored(this.env.AUDIO, key);
  }

  /** The service's OpenAPI document, as JSON. */
  async openApiDocument(): Promise<string> {
    const document = await import("../../src/openapi/openapi.json", { with: { type: "json" } });
    return JSON.stringify(document.default);
  }

  /** @throws {Error} when the bucket does not respond */
  async check(): Promise<void> {
    await this.env.AUDIO.head(HEALTH_KEY);
  }
}
