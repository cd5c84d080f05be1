// Probes a recording, and reads what it claims where its kind is recognised and not counted.
import type { ProbedUpload, ProbeOptions } from "../../src/platform/probed-upload.ts";
import { probeUpload } from "../../src/probe/probe-upload.ts";
import type { ByteSource } from "../../src/probe/reader.ts";
import { claimRecording } from "./claim.ts";

/** A truncated or invalid recording is not asked for its claim. @throws whatever `source` throws when it cannot be read */
export async function probeOrClaim(
  source: ByteSource,
  { acceptsClaims }: ProbeOptions,
): Promise<ProbedUpload> {
  const probed = await probeUpload(source);
  if (!acceptsClaims || probed.kind !== "unsupported" || probed.format === null) return probed;
  const { format, sampleRateHz } = probed;
  const claimed = await claimRecording(source, { format, ...(sampleRateHz && { sampleRateHz }) });
  if (claimed.kind === "audio") return claimed;
  return { ...probed, reason: `${probed.reason}; its claim is refused: ${claimed.reason}` };
}
