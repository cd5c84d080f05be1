// The blocks of a Matroska audio track (RFC 9559 section 10): what their frames, laced or not, decode to.

import type { MeasuredAudio } from "../../container.ts";
import { type Reader, UnreadableAudio } from "../../reader.ts";
import { FRAME_HEAD_BYTES, type MatroskaCodec, matroskaCodecOf } from "./codecs.ts";
import { unsigned, vintAt, vintBytes } from "./ebml.ts";
import type { Track } from "./track-entry.ts";

const HEADER_STRIPPING = 3;
const MAX_STRIPPED_BYTES = FRAME_HEAD_BYTES;
/** After the track's number: two bytes of time, and the flags. */
const FLAGS_AT = 2;
const LACING = { none: 0, xiph: 1, fixed: 2, ebml: 3 } as const;

/** As much as the lacing and the first frame's head may need. */
export const BLOCK_HEAD_BYTES = 64;
const MAX_LACED_BLOCK_BYTES = 1024 * 1024;

const NANOSECONDS = 1e-9;
/** What a codec decodes before the audio starts is a few frames. */
const MAX_CODEC_DELAY_SECONDS = 1;

/** Counts one track. The blocks and other elements it is given start with their content at the reader's position. */
export class AudioBlocks {
  #track: Track;
  #codec: MatroskaCodec;
  #seconds = 0;
  /** Of the last block, which alone may have an end that is discarded. */
  #blockSeconds = 0;
  /** A frame's first bytes, which are those that were stripped from every frame, if any, and its own. */
  #head = new Uint8Array(FRAME_HEAD_BYTES);
  #stripped = 0;

  /** @throws {UnreadableAudio} when its codec or its encoding is not known here */
  constructor(track: Track) {
    this.#codec = matroskaCodecOf(track);
    this.#track = track;
    if (track.encodings > 0) {
      if (track.isEncrypted) throw new UnreadableAudio("is encrypted");
      const isStripped = track.encodings === 1 && track.compression === HEADER_STRIPPING;
      if (!isStripped || track.strippedBytes.length > MAX_STRIPPED_BYTES) {
        throw new UnreadableAudio("has frames compressed in a way not known here");
      }
      this.#stripped = track.strippedBytes.length;
      this.#head.set(track.strippedBytes);
    }
  }

  get audio(): MeasuredAudio {
    const delay = Math.min(this.#track.codecDelaySeconds, MAX_CODEC_DELAY_SECONDS);
    return { codec: this.#codec.codec, durationSeconds: Math.max(0, this.#seconds - delay) };
  }

  /** How much of a block {@link count} needs, told by its first {@link BLOCK_HEAD_BYTES}; 0 for another track's. */
  wantedOf(reader: Reader, size: number): number {
    const flagsAt = size > 0 ? vintBytes(reader.u8()) + FLAGS_AT : 0;
    if (flagsAt >= size || vintAt(reader, 0) !== this.#track.number) return 0;
    const isLaced = lacingOf(reader.u8(flagsAt)) !== LACING.none;
    return Math.min(size, isLaced ? MAX_LACED_BLOCK_BYTES : BLOCK_HEAD_BYTES);
  }

  /** Counts a block of which as much is readable as was wanted; of one longer than that, the frames in there. */
  count(reader: Reader, size: number, readable: number): void {
    const start = vintBytes(reader.u8()) + FLAGS_AT + 1;
    const lacing = lacingOf(reader.u8(start - 1));
    const laces =
      lacing === LACING.none
        ? { at: start, sizes: [size - start] }
        : lacesOf(reader, { lacing, start, size, readable });
    if (lacing !== LACING.none) reader.step(laces.sizes.length);
    this.#blockSeconds = 0;
    let at = laces.at;
    for (const bytes of laces.sizes) {
      if (bytes < 0 || at + bytes > size || at + Math.min(bytes, FRAME_HEAD_BYTES) > readable) break;
      this.#blockSeconds += this.#frameSeconds(reader, at, bytes);
      at += bytes;
    }
    this.#seconds += this.#blockSeconds;
  }

  /** Takes off what the DiscardPadding of `size` bytes says, from the block that it follows. */
  discard(reader: Reader, size: number): void {
    const padding = unsigned(reader, size);
    const isPositive = padding < 2 ** (8 * size - 1);
    if (isPositive) this.#seconds -= Math.min(padding * NANOSECONDS, this.#blockSeconds);
    this.#blockSeconds = 0;
  }

  #frameSeconds(reader: Reader, at: number, bytes: number): number {
    // No audio comes of nothing, even where every frame is to begin with the bytes that were stripped.
    if (bytes === 0) return 0;
    const stripped = this.#stripped;
    for (let to = stripped; to < FRAME_HEAD_BYTES; to++) {
      this.#head[to] = to - stripped < bytes ? reader.u8(at + to - stripped) : 0;
    }
    return this.#codec.seconds(this.#head, stripped + bytes);
  }
}

const lacingOf = (flags: number): number => (flags >> 1) & 3;

/** The sizes of a block's frames (256 at most), and where the first one starts. */
function lacesOf(
  reader: Reader,
  { lacing, start, size, readable }: { lacing: number; start: number; size: number; readable: number },
): { at: number; sizes: number[] } {
  let at = start;
  const sizes: number[] = [];
  if (at >= readable) return { at, sizes };
  const count = reader.u8(at++) + 1;
  let sum = 0;
  while (sizes.length < count - 1) {
    let bytes = 0;
    if (lacing === LACING.fixed) bytes = Math.floor((size - at) / count);
    else if (lacing === LACING.xiph) {
      while (at < readable && reader.u8(at) === 0xff) {
        at += 1;
        bytes += 255;
      }
      if (at >= readable) return { at, sizes: [] };
      bytes += reader.u8(at++);
    } else {
      const value = at < readable ? vintAt(reader, at) : null;
      if (value === null) return { at, sizes: [] };
      const valueBytes = vintBytes(reader.u8(at));
      at += valueBytes;
      // The first is a size, the others are differences from the one before, shifted to be positive.
      bytes = sizes.length === 0 ? value : (sizes.at(-1) ?? 0) + value - (2 ** (7 * valueBytes - 1) - 1);
    }
    sizes.push(bytes);
    sum += bytes;
  }
  return { at, sizes: [...sizes, size - at - sum] };
}
