// Has the analysis Worker (analysis/) probe an upload in R2. No byte of it is parsed in this isolate, which holds secrets.
import {
  type ProbeAnswer,
  type ProbedUpload,
  type ProbeOptions,
  probeAnswer,
} from "../platform/probed-upload.ts";
import { withTimeout } from "../platform/timeout.ts";

/** The part of the analysis Worker that probes. Rejects when one of its limits ends it. */
export interface ProbeService {
  probe: (key: string, sizeBytes: number, options: ProbeOptions) => Promise<ProbeAnswer>;
}

/** The probe's 200 reads at a tenth of a second each: a recording that needs them is hostile. The uploader waits. */
export const PROBE_TIMEOUT_MS = 20_000;
/** An isolate that a limit has ended is replaced at the next call. */
export const PROBE_RETRY_AFTER_SECONDS = 5;

/**
 * Whether the call ended at the limit of its CPU time, which this recording alone has spent. Memory is another matter:
 * the calls of an isolate share it. The words are those of https://developers.cloudflare.com/workflows/reference/limits/;
 * RPC keeps them (https://developers.cloudflare.com/workers/runtime-apis/rpc/error-handling/).
 */
const isCpuLimit = (cause: unknown): boolean =>
  cause instanceof Error && cause.message.startsWith("Worker exceeded CPU time limit");

/**
 * Probes the upload of `sizeBytes` at `key`. `unavailable` says nothing about the upload: it may be sent again.
 * @throws {Error} when R2 fails
 */
export async function probeStoredUpload(
  service: ProbeService,
  key: string,
  sizeBytes: number,
  options: ProbeOptions,
): Promise<ProbedUpload | { kind: "unavailable"; cause: unknown }> {
  let answer: unknown;
  try {
    answer = await withTimeout("the analysis", PROBE_TIMEOUT_MS, service.probe(key, sizeBytes, options));
  } catch (cause) {
    if (!isCpuLimit(cause)) return { kind: "unavailable", cause };
    return { kind: "unsupported", reason: "measuring the recording exceeds the CPU limit", format: null };
  }
  const { data } = probeAnswer.safeParse(answer);
  if (!data) return { kind: "unavailable", cause: "the analysis answered something else" };
  if (data.kind === "unreadable") throw new Error(data.reason);
  return data;
}
