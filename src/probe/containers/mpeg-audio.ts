// MPEG audio (MP3, MP2, MP1): every complete frame is counted, whatever a Xing, Info or VBRI header promises.

import { type MpegFrame, mpegFrame } from "../codecs/mpeg-frame.ts";
import type { Format, MeasuredAudio } from "../container.ts";
import { type Reader, UnreadableAudio } from "../reader.ts";
import { countFrames, type RunFrame } from "./frame-sync.ts";

/** What LAME writes into an Info header: how many samples of its own stand around those that were recorded. */
interface Gaps {
  /** Counted after the Info header's own. */
  frames: number;
  delay: number;
  padding: number;
}

const HEADER_BYTES = 4;
/** Sync, version, layer and sampling rate. */
const KIND = 0xfffe0c00;
const CRC_BYTES = 2;
const XING = 0x58696e67;
const INFO = 0x496e666f;
const VBRI = 0x56425249;
const VBRI_AT = HEADER_BYTES + 32;
/** An Info header that gives frames, bytes, table and quality, as encoders write it. */
const FULL_INFO_FLAGS = 0xf;
const GAPS_AT = 141;
const GAPS_BYTES = 3;
/** How much later than it was encoded a decoder gives a sample. */
const DECODER_DELAY_SAMPLES = 529;

export const mpeg: Format = {
  container: "MPEG",
  contentType: "audio/mpeg",
  magicBytes: HEADER_BYTES,
  // There are no magic bytes: frames are looked for once no other format is recognised.
  matches: () => true,
  measure: (reader) => measureMpeg(reader, reader.size),
};

/**
 * Counts the MPEG frames from the reader's position to `end`, which lies within the recording.
 * @throws {UnreadableAudio} when there are none
 */
export async function measureMpeg(reader: Reader, end: number): Promise<MeasuredAudio> {
  let first: MpegFrame | undefined;
  let gaps: Gaps | undefined;
  let frames = 0;
  let seconds = 0;
  await countFrames(reader, end, {
    headerBytes: HEADER_BYTES,
    parse: (from, at) => frameOf(from.u32(at)),
    count: (frame) => {
      const infoAt = findInfo(reader, frame);
      if (!first && infoAt > 0) gaps = readGaps(reader, infoAt, frame.length);
      first ??= frame;
      if (infoAt > 0) return;
      frames += 1;
      seconds += frame.samples / frame.sampleRate;
    },
  });
  if (!first) throw new UnreadableAudio("is of no kind known here");
  if (gaps) {
    // A recording that was cut off or added to doesn't end in the encoder's padding.
    const atEnd = gaps.frames === frames ? gaps.padding : DECODER_DELAY_SAMPLES;
    seconds = Math.max(0, seconds - (gaps.delay + atEnd) / first.sampleRate);
  }
  return { codec: `MP${first.layer}`, durationSeconds: seconds };
}

function frameOf(header: number): (MpegFrame & RunFrame) | null {
  const frame = mpegFrame(header);
  // Frames of the "free format" don't say where they end; few players know it, ffmpeg and browsers don't.
  return frame && frame.length > 0 ? { ...frame, kind: (header & KIND) >>> 0 } : null;
}

/** Where in the frame a Xing, Info or VBRI header stands in place of audio; -1 where none does. */
function findInfo(reader: Reader, { layer, version, channels, length }: MpegFrame): number {
  if (layer !== 3) return -1;
  const [mono, stereo] = version === 1 ? [17, 32] : [9, 17];
  const at = HEADER_BYTES + (channels === 1 ? mono : stereo);
  const is = (tag: number, offset: number) => offset + 4 <= length && reader.u32(offset) === tag;
  if (is(XING, at) || is(INFO, at)) return at;
  // Where frames have a CRC, LAME leaves room for it.
  const afterCrc = at + CRC_BYTES;
  if (is(XING, afterCrc) || is(INFO, afterCrc)) return afterCrc;
  return is(VBRI, VBRI_AT) ? VBRI_AT : -1;
}

function readGaps(reader: Reader, at: number, frameLength: number): Gaps | undefined {
  const hasGaps = at + GAPS_AT + GAPS_BYTES <= frameLength && reader.u32(at) !== VBRI;
  if (!hasGaps || (reader.u32(at + 4) & 0xf) !== FULL_INFO_FLAGS) return undefined;
  const packed = reader.u24(at + GAPS_AT);
  return { frames: reader.u32(at + 8), delay: packed >>> 12, padding: packed & 0xfff };
}
