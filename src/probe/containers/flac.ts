// Native FLAC (RFC 9639): skips the metadata and measures the frames, each of which counts once its CRC-16 matches.
import { dataViewOf } from "../bytes.ts";
import { MAX_FLAC_FRAME_HEADER_BYTES } from "../codecs/flac-frame.ts";
import {
  FLAC_BLOCK_HEADER_BYTES,
  FLAC_MARKER_BYTES,
  type FlacStreamInfo,
  parseFlacStreamInfo,
  STREAM_INFO_BYTES,
} from "../codecs/flac-stream-info.ts";
import type { ContainerFormat } from "../container.ts";
import type { Reader } from "../reader.ts";
import { isSupportedSampleRate } from "../sample-rate.ts";
import { UnsupportedAudioError } from "../unsupported-audio-error.ts";
import { FlacFrameCounter } from "./flac-frame-counter.ts";

const IS_LAST_BLOCK = 0x80;
const STREAM_INFO_TYPE = 0;
const CHUNK_BYTES = 64 * 1024;

export const flac: ContainerFormat = {
  container: "FLAC",
  contentType: "audio/flac",
  magicBytes: FLAC_MARKER_BYTES,
  matches: (reader) => reader.ascii(FLAC_MARKER_BYTES) === "fLaC",

  async measure(reader) {
    reader.skip(FLAC_MARKER_BYTES);
    const info = await readMetadata(reader);
    const countedSeconds = await countSeconds(reader, info);
    const { totalSamples, channels, bitsPerSample } = info;
    // Where STREAMINFO has no rate, each frame has its own.
    const sampleRateHz = isSupportedSampleRate(info.sampleRate) ? info.sampleRate : null;
    // Decoders stop at the total, so it may shorten the recording, but never lengthen it.
    const isTotalKnown = totalSamples > 0 && sampleRateHz !== null;
    const claimedSeconds = isTotalKnown ? totalSamples / sampleRateHz : Number.POSITIVE_INFINITY;
    const durationSeconds = Math.min(countedSeconds, claimedSeconds);
    return { codec: "FLAC", sampleRateHz, channels, bitsPerSample, durationSeconds };
  },
};

/** Reads the metadata blocks (section 8), of which only STREAMINFO is used. */
async function readMetadata(reader: Reader): Promise<FlacStreamInfo> {
  let info: FlacStreamInfo | undefined;
  for (let isLast = false; !isLast; ) {
    if (!reader.has(FLAC_BLOCK_HEADER_BYTES)) await reader.require(FLAC_BLOCK_HEADER_BYTES);
    reader.step();
    isLast = (reader.u8() & IS_LAST_BLOCK) !== 0;
    const type = reader.u8() & ~IS_LAST_BLOCK;
    const blockBytes = reader.u24(1);
    reader.skip(FLAC_BLOCK_HEADER_BYTES);
    if (type === STREAM_INFO_TYPE && blockBytes >= STREAM_INFO_BYTES) {
      await reader.require(STREAM_INFO_BYTES);
      info = parseFlacStreamInfo(dataViewOf(reader.bytes(STREAM_INFO_BYTES)));
    }
    reader.skip(blockBytes);
  }
  if (!info) throw new UnsupportedAudioError("the STREAMINFO block is missing");
  return info;
}

async function countSeconds(reader: Reader, info: FlacStreamInfo): Promise<number> {
  const counter = new FlacFrameCounter(info);
  while (reader.remaining > 0) {
    const length = Math.min(CHUNK_BYTES, reader.remaining);
    await reader.need(length);
    const end = length === reader.remaining ? length : length - MAX_FLAC_FRAME_HEADER_BYTES;
    reader.step(counter.add(reader.bytes(length), end));
    reader.skip(end);
  }
  counter.finish();
  return counter.seconds;
}
