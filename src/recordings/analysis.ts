// Asks the analysis Worker (analysis/) about a recording that the probe recognises and cannot count. Without that Worker,
// or when it fails, the recording is refused as it would be without an answer.
import { log } from "../platform/logger.ts";
import { withTimeout } from "../platform/timeout.ts";
import type { ProbeResult, RecognisedFormat } from "../probe/probe.ts";
import type { UploadProbeResult } from "./probe-upload.ts";

/** What the analysis Worker answers by RPC. */
export interface AnalysisService {
  claim: (key: string, sizeBytes: number, recognised: RecognisedFormat) => Promise<ProbeResult>;
}

/** The sixteen reads that a claim may take, at half a second each. The uploader waits for them. */
export const ANALYSIS_TIMEOUT_MS = 8000;

/**
 * `probed`, or the audio that the recording at `key` claims, where only a claim is to be had: a kind that was recognised
 * and is not counted. A truncated or invalid recording is not asked about.
 */
export async function claimUncounted(
  analysis: AnalysisService | undefined,
  key: string,
  sizeBytes: number,
  probed: UploadProbeResult,
): Promise<UploadProbeResult> {
  if (!analysis || probed.kind !== "unsupported" || probed.format === null) return probed;
  const { format, sampleRateHz } = probed;
  try {
    const claim = analysis.claim(key, sizeBytes, { format, ...(sampleRateHz && { sampleRateHz }) });
    const claimed = await withTimeout("the analysis", ANALYSIS_TIMEOUT_MS, claim);
    if (claimed.kind === "audio") return claimed;
    return { ...probed, reason: `${probed.reason}; its claim is refused: ${claimed.reason}` };
  } catch (cause) {
    // The CPU or memory limit of the analysis Worker ends its isolate, which rejects the call.
    log.error("analysis_failed", { format, cause });
    return probed;
  }
}
