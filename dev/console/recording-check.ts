// Says what the service will answer to a file, by the analysis Worker's probe and the service's rules, before anything
// is sent.
import { checkUpload, MAX_RECORDING_BYTES } from "../../src/recordings/upload-limits.ts";
import {
  otherFileMessage,
  type RecordingResult,
  tooShortMessage,
  unsupportedFormatMessage,
  validateRecording,
} from "../../src/voice-creation/policy.ts";
import { errorView, NOT_AUDIO } from "./error-view.ts";
import { formatAudioFacts, formatSeconds } from "./formats.ts";

export type RecordingCheck =
  /** `file` is a copy in memory: a retry sends the same bytes, whatever becomes of the original. */
  | { kind: "accepted"; file: File; facts: string; isPlayable: boolean }
  | { kind: "refused"; title: string; text: string };

export const checkRecording = (chosen: File): Promise<RecordingCheck> =>
  check(chosen).catch(() => ({
    kind: "refused",
    title: "The file could not be checked",
    text: "It may be a folder, it was moved or changed, or npm run dev has stopped. Choose it again.",
  }));

async function check(chosen: File): Promise<RecordingCheck> {
  const { size, name, type } = chosen;
  switch (checkUpload({ stream: chosen.stream(), sizeBytes: size }, MAX_RECORDING_BYTES)) {
    case "empty":
      return { kind: "refused", title: "The file is empty", text: "Choose one that contains a recording." };
    case "too-large":
      return { kind: "refused", ...errorView({ status: 413, message: "" }) };
    case "acceptable":
  }
  const bytes = await chosen.arrayBuffer();
  const source = { size, read: async (at: number, length: number) => new Uint8Array(bytes, at, length) };
  const { probeOrClaim } = await import("../../analysis/src/probe.ts");
  const result = validateRecording(await probeOrClaim(source, { acceptsClaims: true }));
  if (result.kind !== "accepted") {
    return { kind: "refused", ...errorView({ status: 422, message: messageOf(result) }) };
  }
  const { contentType, durationSeconds } = result;
  const facts = formatAudioFacts({ ...result.facts, contentType, bitrateBps: null, sizeBytes: null });
  const file = new File([bytes], name, { type });
  const isPlayable = await canDecode(bytes);
  return { kind: "accepted", file, facts: `${facts} · ${formatSeconds(durationSeconds)}`, isPlayable };
}

/** The message of the service's response. */
function messageOf(result: Exclude<RecordingResult, { kind: "accepted" }>): string {
  switch (result.kind) {
    case "too-short":
      return tooShortMessage(result.durationSeconds);
    case "unsupported-format":
      return unsupportedFormatMessage(result.format);
    case "not-audio":
      return result.otherFile === undefined ? NOT_AUDIO : otherFileMessage(result.otherFile);
    case "wrapped":
      return `${NOT_AUDIO}: it is a form or a message that contains one.`;
  }
}

/** The service accepts more kinds than a browser plays. Detaches `bytes`. */
const canDecode = (bytes: ArrayBuffer): Promise<boolean> =>
  new OfflineAudioContext(1, 1, 8000).decodeAudioData(bytes).then(
    () => true,
    () => false,
  );

/** Title and artist by the file's tags; "" without a title. */
export async function readTaggedName(file: File): Promise<string> {
  const { parseBlob } = await import("music-metadata");
  // A slice has no type: the file's own is the browser's guess by its name.
  const { title = "", artist } = (await parseBlob(file.slice(), { duration: false, skipCovers: true }))
    .common;
  return title && artist ? `${title} – ${artist}` : title;
}
