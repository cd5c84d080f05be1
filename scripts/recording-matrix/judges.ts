// Who judges a recording: this service, music-metadata as the documented endpoint asks it, and ffmpeg's decoder.
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { parseBuffer } from "music-metadata";
import { probeOrClaim } from "../../analysis/src/probe.ts";
import type { ProbedUpload } from "../../src/platform/probed-upload.ts";
import type { ByteSource } from "../../src/probe/reader.ts";
import { MIN_DURATION_SECONDS, validateRecording } from "../../src/voice-creation/policy.ts";
import { runFile } from "./recording-kind.ts";

/** What this service answers. */
export interface Verdict {
  isAccepted: boolean;
  /** Null where the recording is not measured. */
  seconds: number | null;
  /** Why it is refused, for the table. */
  reason: string;
  facts: Extract<ProbedUpload, { kind: "audio" }> | null;
}

/** What the service answers to an upload with these bytes: by counting, or by its claim where nobody counts its kind. */
export async function verdictOf(bytes: Uint8Array<ArrayBuffer>): Promise<Verdict> {
  const source: ByteSource = {
    size: bytes.length,
    read: async (offset, length) => bytes.slice(offset, offset + length),
  };
  const probed = await probeOrClaim(source, { acceptsClaims: true });
  const isAudio = probed.kind === "audio";
  return {
    isAccepted: validateRecording(probed).kind === "accepted",
    seconds: isAudio ? probed.durationSeconds : null,
    reason: reasonOf(probed),
    facts: isAudio ? probed : null,
  };
}

const reasonOf = (probed: ProbedUpload): string =>
  probed.kind === "unsupported" ? (probed.format ?? probed.reason) : probed.kind;

/** The types that clients send with files of these extensions, by which music-metadata chooses a parser. */
const CLIENT_TYPES: Readonly<Record<string, string>> = {
  ".aac": "audio/aac",
  ".aif": "audio/aiff",
  ".aiff": "audio/aiff",
  ".dff": "audio/dsd",
  ".flac": "audio/flac",
  ".m4a": "audio/mp4",
  ".mka": "audio/matroska",
  ".mp2": "audio/mpeg",
  ".mp3": "audio/mpeg",
  ".mp4": "video/mp4",
  ".ogg": "audio/ogg",
  ".opus": "audio/ogg",
  ".wav": "audio/wav",
  ".weba": "audio/webm",
  ".webm": "video/webm",
  ".wma": "audio/x-ms-wma",
};

/** The seconds that music-metadata states; 0 where it states none, null where it throws. */
export async function musicMetadataSeconds(file: string): Promise<number | null> {
  const bytes = new Uint8Array(await readFile(file));
  const mimeTypes = [undefined, CLIENT_TYPES[extname(file)]];
  const found = await Promise.all(mimeTypes.map((mimeType) => durationBy(bytes, mimeType)));
  // An uploader may send either type: the recording passes when one of them does.
  return found.reduce((most, seconds) => (seconds !== null && seconds > (most ?? -1) ? seconds : most), null);
}

async function durationBy(bytes: Uint8Array, mimeType: string | undefined): Promise<number | null> {
  try {
    return (await parseBuffer(bytes, mimeType && { mimeType }, { duration: true })).format.duration ?? 0;
  } catch {
    return null;
  }
}

export const isLongEnough = (seconds: number | null): boolean =>
  seconds !== null && seconds >= MIN_DURATION_SECONDS;

/** The header of AU: where its samples begin, their rate and their channels. */
const AU_FIELD = { samplesAt: 4, sampleRate: 16, channels: 20 } as const;
const AU_SAMPLE_BYTES = 2;

/** What ffmpeg states of the first audio track. */
export interface FfmpegFacts {
  codec: string;
  sampleRateHz: number;
  channels: number;
}

/** The line on a track: `Stream #0:1[0x2](und): Audio: aac (LC) …`. */
const AUDIO_STREAM = /^ *Stream #0:\d+.*: Audio: (\w+)/m;

/**
 * What ffmpeg decodes of the first audio track, at the track's own rate; 0 seconds and no facts where it decodes nothing.
 * Decoding and asking for the facts at once takes half of the time.
 */
export async function askFfmpeg(file: string): Promise<{ seconds: number; facts: FfmpegFacts | null }> {
  const output = ["-map", "0:a:0", "-c:a", "pcm_s16be", "-f", "au", "pipe:1"];
  const args = ["-hide_banner", "-nostats", "-nostdin", "-i", file, ...output];
  const { stdout, stderr } = await runFile("ffmpeg", args).catch(
    // ffmpeg fails after a damaged recording's last frame, with what it decoded before on its output.
    ({ stdout = Buffer.alloc(0), stderr = Buffer.alloc(0) }: { stdout?: Buffer; stderr?: Buffer }) => ({
      stdout,
      stderr,
    }),
  );
  const [, codec] = AUDIO_STREAM.exec(stderr.toString("latin1")) ?? [];
  if (!codec || stdout.length <= AU_FIELD.channels) return { seconds: 0, facts: null };
  const bytes = stdout.length - stdout.readUInt32BE(AU_FIELD.samplesAt);
  const sampleRateHz = stdout.readUInt32BE(AU_FIELD.sampleRate);
  const channels = stdout.readUInt32BE(AU_FIELD.channels);
  return {
    seconds: bytes / (sampleRateHz * channels * AU_SAMPLE_BYTES),
    facts: { codec, sampleRateHz, channels },
  };
}
