// The blocks of one Matroska audio track (RFC 9559 section 10): what their frames decode to.
import { FRAME_HEAD_BYTES, type PacketCodec } from "../../codecs/packet-codec.ts";
import type { MeasuredAudio } from "../../container.ts";
import type { Reader } from "../../reader.ts";
import { UnsupportedAudioError } from "../../unsupported-audio-error.ts";
import { createMatroskaCodec } from "./codecs.ts";
import { readUnsigned, readVint, vintLength } from "./ebml.ts";
import { SECONDS_PER_NANOSECOND } from "./element-ids.ts";
import { LACING, lacingOf, readFrameSizes } from "./lacing.ts";
import type { TrackEntry } from "./track-entry.ts";

/** ContentCompAlgo 3 (RFC 9559 section 5.1.4.1.31.6). */
const HEADER_STRIPPING = 3;
const MAX_STRIPPED_BYTES = FRAME_HEAD_BYTES;
/** The block header (section 10.1): the track number, two bytes of timestamp, then the flags. */
const TIMESTAMP_BYTES = 2;

/** As much as the header, the lacing type and the head of the first frame can take. */
export const BLOCK_HEAD_BYTES = 64;
const MAX_READ_BLOCK_BYTES = 1024 * 1024;
/** A codec decodes a few frames at most before the audio starts. */
const MAX_CODEC_DELAY_SECONDS = 1;

/** Counts the frames of one track. Methods expect the content of their element at the reader's position. */
export class BlockCounter {
  #track: TrackEntry;
  #codec: PacketCodec;
  #seconds = 0;
  /** Of the last block, the only one whose end can be discarded. */
  #lastBlockSeconds = 0;
  /** The first bytes of a frame: those that were stripped from every frame, then its own. */
  #head = new Uint8Array(FRAME_HEAD_BYTES);
  #strippedBytes = 0;

  /** @throws {UnsupportedAudioError} when the codec or the content encoding is not supported */
  constructor(track: TrackEntry) {
    this.#codec = createMatroskaCodec(track);
    this.#track = track;
    if (track.encodings > 0) {
      if (track.isEncrypted) throw new UnsupportedAudioError("the audio is encrypted");
      const isStripped = track.encodings === 1 && track.compressionAlgorithm === HEADER_STRIPPING;
      if (!isStripped || track.strippedHeader.length > MAX_STRIPPED_BYTES) {
        throw new UnsupportedAudioError("the content encoding of the track is not supported");
      }
      this.#strippedBytes = track.strippedHeader.length;
    }
  }

  get audio(): MeasuredAudio {
    const delaySeconds = Math.min(this.#track.codecDelaySeconds, MAX_CODEC_DELAY_SECONDS);
    return { ...this.#codec.facts, durationSeconds: Math.max(0, this.#seconds - delaySeconds) };
  }

  /** How much of a block {@link addBlock} reads, by its first {@link BLOCK_HEAD_BYTES}; 0 for another track's block. */
  neededBytes(reader: Reader, size: number): number {
    const flagsAt = size > 0 ? vintLength(reader.u8()) + TIMESTAMP_BYTES : 0;
    if (flagsAt >= size || readVint(reader, 0) !== this.#track.number) return 0;
    const isLaced = lacingOf(reader.u8(flagsAt)) !== LACING.none;
    const hasSeveralFrames = isLaced || this.#codec.frameBytes !== undefined;
    return Math.min(size, hasSeveralFrames ? MAX_READ_BLOCK_BYTES : BLOCK_HEAD_BYTES);
  }

  /** Counts a block of which the first `loadedBytes` are loaded; frames beyond them do not count. */
  addBlock(reader: Reader, size: number, loadedBytes: number): void {
    const flagsAt = vintLength(reader.u8()) + TIMESTAMP_BYTES;
    const lacing = lacingOf(reader.u8(flagsAt));
    const frames = readFrameSizes(reader, { lacing, start: flagsAt + 1, size, loadedBytes });
    if (lacing !== LACING.none) reader.step(frames.sizes.length);
    this.#lastBlockSeconds = 0;
    let at = frames.at;
    for (const frameBytes of frames.sizes) {
      const isPresent = at + frameBytes <= size && at + Math.min(frameBytes, FRAME_HEAD_BYTES) <= loadedBytes;
      if (frameBytes < 0 || !isPresent) break;
      this.#lastBlockSeconds += this.#packetSeconds(reader, at, frameBytes, loadedBytes);
      at += frameBytes;
    }
    this.#seconds += this.#lastBlockSeconds;
  }

  /** Subtracts a DiscardPadding of `size` bytes (RFC 9559 section 5.1.3.5.7) from the block before it. */
  discardPadding(reader: Reader, size: number): void {
    const padding = readUnsigned(reader, size);
    const isPositive = padding < 2 ** (8 * size - 1);
    if (isPositive) this.#seconds -= Math.min(padding * SECONDS_PER_NANOSECOND, this.#lastBlockSeconds);
    this.#lastBlockSeconds = 0;
  }

  /** The frames of a packet, of which most codecs have one; those whose head is not loaded do not count. */
  #packetSeconds(reader: Reader, at: number, packetBytes: number, loadedBytes: number): number {
    // An empty packet holds no audio, even though the stripped header alone might look like a frame.
    if (packetBytes === 0) return 0;
    const { strippedHeader } = this.#track;
    const stripped = this.#strippedBytes;
    const length = stripped + packetBytes;
    let seconds = 0;
    let start = 0;
    while (start < length) {
      const from = start - stripped;
      if (at + Math.min(from + FRAME_HEAD_BYTES, packetBytes) > loadedBytes) break;
      for (let to = 0; to < FRAME_HEAD_BYTES; to++) {
        const byte = from + to;
        // The stripped bytes precede those of the packet.
        if (byte < 0) this.#head[to] = strippedHeader[start + to] ?? 0;
        else this.#head[to] = byte < packetBytes ? reader.u8(at + byte) : 0;
      }
      seconds += this.#codec.frameSeconds(this.#head, length - start);
      if (!this.#codec.frameBytes) break;
      reader.step();
      start += this.#codec.frameBytes();
    }
    return seconds;
  }
}
