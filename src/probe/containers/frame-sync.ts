// Finds frames that follow one another without a container, as in MP3 and ADTS files. A single sync word proves
// nothing, so only runs of consecutive frames with equal signatures count.
import type { Reader } from "../reader.ts";
import { UnsupportedAudioError } from "../unsupported-audio-error.ts";
import { skipId3, type TagSkip } from "./id3.ts";

export interface SyncFrame {
  /** Header included; never 0. */
  frameBytes: number;
  /** The header fields that all frames of a run share. */
  signature: number;
}

export interface FrameSyntax<Frame extends SyncFrame = SyncFrame> {
  headerBytes: number;
  /** Parses the frame header `at` bytes from the reader's position; null when there is none. */
  parse: (reader: Reader, at: number) => Frame | null;
}

/** Consecutive headers that confirm a run, anywhere and at the end of the recording. */
const CONFIRMING_FRAMES = 3;
const CONFIRMING_FRAMES_AT_END = 2;
/** At least as much as the confirming frames can take. */
const LOOKAHEAD_BYTES = 32 * 1024;
const MAX_LEADING_JUNK_BYTES = 256 * 1024;
/** Where a tag's size is wrong the whole file may be damaged: the few frames that are left of it are no recording. */
const CONFIRMING_FRAMES_IN_TAG = 16;
const SYNC_BYTE = 0xff;
/** Audio interleaved with video, as in AVI and MPEG program streams, appears as many runs of a few frames. */
const MAX_SHORT_RUNS = 8;
const SHORT_RUN_FRAMES = 16;

/**
 * Moves the reader to the first run of frames: one near its position, or after a tag, whose size may be wrong, any.
 * @returns the syntax of `syntaxes` that the frames have; undefined when there is no run
 */
export async function findFrames<Syntax extends FrameSyntax>(
  reader: Reader,
  syntaxes: readonly Syntax[],
  tag: TagSkip,
): Promise<Syntax | undefined> {
  const junkEnd = tag === "endless" ? 0 : reader.position + MAX_LEADING_JUNK_BYTES;
  while (reader.remaining > 0) {
    const isNear = reader.position <= junkEnd;
    if (!isNear && tag === "none") return undefined;
    const ahead = Math.min(LOOKAHEAD_BYTES, reader.remaining);
    if (!reader.has(ahead)) await reader.need(ahead);
    reader.step();
    const confirmingFrames = isNear ? CONFIRMING_FRAMES : CONFIRMING_FRAMES_IN_TAG;
    const found = syntaxes.find((syntax) => startsRun(reader, syntax, ahead, confirmingFrames));
    if (found) return found;
    skipToSyncByte(reader, ahead);
  }
  return undefined;
}

/**
 * Counts the frames of every run between the reader's position and `end`, which lies within the recording.
 * `count` is called once per complete frame: the reader stands at the frame, all of which is loaded.
 * @throws {UnsupportedAudioError} when the runs are so short that the recording must be of another format
 */
export async function countFrames<Frame extends SyncFrame>(
  reader: Reader,
  end: number,
  syntax: FrameSyntax<Frame>,
  count: (frame: Frame) => void,
): Promise<void> {
  const junkLimit = reader.position + MAX_LEADING_JUNK_BYTES;
  let signature: number | undefined;
  let isInRun = false;
  let runs = 0;
  let frames = 0;

  while (end - reader.position >= syntax.headerBytes) {
    const ahead = Math.min(LOOKAHEAD_BYTES, end - reader.position);
    if (!reader.has(ahead)) await reader.need(ahead);
    reader.step();
    const frame = syntax.parse(reader, 0);
    if (
      frame &&
      frame.frameBytes <= ahead &&
      ((isInRun && frame.signature === signature) || startsRun(reader, syntax, ahead))
    ) {
      count(frame);
      if (!isInRun) runs += 1;
      frames += 1;
      reader.skip(frame.frameBytes);
      signature = frame.signature;
      isInRun = true;
      continue;
    }
    if (signature === undefined && reader.position >= junkLimit) return;
    if (isInRun && reader.ascii(3) === "ID3") await skipId3(reader);
    else skipToSyncByte(reader, ahead);
    isInRun = false;
  }
  if (runs > MAX_SHORT_RUNS && frames < runs * SHORT_RUN_FRAMES) {
    throw new UnsupportedAudioError("the audio frames occur in short runs only, as in another container");
  }
}

/**
 * Whether the reader stands at the first of so many frames that they cannot be chance, of which fewer have to follow
 * where the recording or the lookahead ends. `ahead` bytes are loaded.
 */
function startsRun(
  reader: Reader,
  { headerBytes, parse }: FrameSyntax,
  ahead: number,
  confirmingFrames = CONFIRMING_FRAMES,
): boolean {
  if (headerBytes > ahead) return false;
  const first = parse(reader, 0);
  if (!first || first.frameBytes > ahead) return false;
  let at = first.frameBytes;
  for (let found = 1; found < confirmingFrames; found++) {
    if (at + headerBytes > ahead) {
      return found >= (ahead < LOOKAHEAD_BYTES ? CONFIRMING_FRAMES_AT_END : CONFIRMING_FRAMES);
    }
    reader.step();
    const frame = parse(reader, at);
    if (frame?.signature !== first.signature) return false;
    at += frame.frameBytes;
  }
  return true;
}

/** Skips at least one byte, up to the next byte that can start a sync word or `ahead` bytes. */
function skipToSyncByte(reader: Reader, ahead: number): void {
  let junkBytes = 1;
  while (junkBytes < ahead && reader.u8(junkBytes) !== SYNC_BYTE) junkBytes += 1;
  reader.skip(junkBytes);
}
