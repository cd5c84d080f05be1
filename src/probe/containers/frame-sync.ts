// Frames that follow one another with nothing around them, as in MP3 and ADTS files: found by runs of headers that
// agree, since a single sync code means nothing.

import { type Reader, UnreadableAudio } from "../reader.ts";
import { skipId3 } from "./id3.ts";

export interface RunFrame {
  /** In bytes, with the header; never 0. */
  length: number;
  /** What all frames of a run have in common. */
  kind: number;
}

interface FrameRun<Frame extends RunFrame> {
  headerBytes: number;
  /** The frame whose header stands `at` bytes from the reader's position, or null when none does. */
  parse: (reader: Reader, at: number) => Frame | null;
  /** Called once for each complete frame, which the reader stands at with all its bytes readable. */
  count: (frame: Frame) => void;
}

/** How many headers in a row make a run, and how many where the recording ends. */
const CONFIRMING_FRAMES = 3;
const CONFIRMING_FRAMES_AT_END = 2;
/** More than the confirming frames may take. */
const LOOKAHEAD_BYTES = 32 * 1024;
const MAX_JUNK_BEFORE_BYTES = 256 * 1024;
const SYNC_BYTE = 0xff;
/** Audio between video packets, as in AVI and MPEG program streams, is cut into many runs of a few frames. */
const MAX_SHORT_RUNS = 8;
const SHORT_RUN_FRAMES = 16;

/**
 * Counts the frames of every run between the reader's position and `end`, which lies within the recording.
 * @throws {UnreadableAudio} when the runs are so short that the recording must be of another kind
 */
export async function countFrames<Frame extends RunFrame>(
  reader: Reader,
  end: number,
  { headerBytes, parse, count }: FrameRun<Frame>,
): Promise<void> {
  const firstBefore = reader.position + MAX_JUNK_BEFORE_BYTES;
  let kind: number | undefined;
  let isInRun = false;
  let runs = 0;
  let frames = 0;

  while (end - reader.position >= headerBytes) {
    const ahead = Math.min(LOOKAHEAD_BYTES, end - reader.position);
    if (!reader.has(ahead)) await reader.need(ahead);
    reader.step();
    const frame = parse(reader, 0);
    if (frame && frame.length <= ahead && ((isInRun && frame.kind === kind) || isRun(frame, ahead))) {
      count(frame);
      if (!isInRun) runs += 1;
      frames += 1;
      reader.skip(frame.length);
      kind = frame.kind;
      isInRun = true;
      continue;
    }
    if (kind === undefined && reader.position >= firstBefore) return;
    if (isInRun && reader.ascii(3) === "ID3") await skipId3(reader);
    else {
      let junkBytes = 1;
      while (junkBytes < ahead && reader.u8(junkBytes) !== SYNC_BYTE) junkBytes += 1;
      reader.skip(junkBytes);
    }
    isInRun = false;
  }
  if (runs > MAX_SHORT_RUNS && frames < runs * SHORT_RUN_FRAMES) {
    throw new UnreadableAudio("is cut to pieces");
  }

  function isRun(first: Frame, ahead: number): boolean {
    let at = first.length;
    for (let found = 1; found < CONFIRMING_FRAMES; found++) {
      if (at + headerBytes > ahead) return found >= CONFIRMING_FRAMES_AT_END;
      reader.step();
      const frame = parse(reader, at);
      if (frame?.kind !== first.kind) return false;
      at += frame.length;
    }
    return true;
  }
}
