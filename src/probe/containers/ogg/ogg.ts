// Ogg (RFC 3533): pages of logical streams. Counts the packets of the first audio stream, and those of streams of the
// same codec that are chained to it.
import { fourCc } from "../../bytes.ts";
import type { ContainerFormat } from "../../container.ts";
import type { Reader } from "../../reader.ts";
import { UnsupportedAudioError } from "../../unsupported-audio-error.ts";
import { oggCodecOf } from "./codecs.ts";
import { OggLogicalStream } from "./logical-stream.ts";
import { OGG_PAGE_FIELD, OGG_PAGE_FLAG, OGG_PAGE_HEADER_BYTES } from "./page.ts";

const MAX_SEGMENTS = 255;
const MAX_PAGE_BYTES = OGG_PAGE_HEADER_BYTES + MAX_SEGMENTS + MAX_SEGMENTS * 255;
const CAPTURE_PATTERN = fourCc("OggS");
const CAPTURE_FIRST_BYTE = CAPTURE_PATTERN >>> 24;
/** Steps charged for a stream's headers: few are chained, and a Vorbis setup takes as long as hundreds of packets. */
const STREAM_COST = 500;

export const ogg: ContainerFormat = {
  container: "Ogg",
  contentType: "audio/ogg",
  magicBytes: 5,
  matches: (reader) => isPageAt(reader, 0),

  async measure(reader) {
    let stream: OggLogicalStream | null = null;
    let secondsOfEarlierStreams = 0;
    while (
      (reader.has(OGG_PAGE_HEADER_BYTES) || (await reader.need(OGG_PAGE_HEADER_BYTES))) &&
      (isPageAt(reader, 0) || (await findPage(reader)))
    ) {
      reader.step();
      const headerBytes = OGG_PAGE_HEADER_BYTES + reader.u8(OGG_PAGE_FIELD.segmentCount);
      if (!(reader.has(headerBytes) || (await reader.need(headerBytes)))) break;
      const pageBytes = pageBytesOf(reader, headerBytes);
      // A truncated page has no valid checksum: decoders discard it.
      if (pageBytes > reader.remaining) break;

      const serial = reader.u32le(OGG_PAGE_FIELD.serial);
      const isFirstPage = (reader.u8(OGG_PAGE_FIELD.flags) & OGG_PAGE_FLAG.first) !== 0;
      if (isFirstPage || serial === stream?.serial) {
        if (!reader.has(pageBytes)) await reader.need(pageBytes);
        // RFC 3533 section 4: multiplexed streams all start before any continues, so a later first page is chained.
        if (isFirstPage && (!stream || stream.sawDataPage)) {
          const codec = oggCodecOf(reader.bytes(pageBytes - headerBytes, headerBytes));
          if (codec && (!stream || codec.facts.codec === stream.facts.codec)) {
            reader.step(STREAM_COST);
            secondsOfEarlierStreams += stream?.seconds ?? 0;
            stream = new OggLogicalStream(serial, codec);
          }
        } else if (!isFirstPage) stream?.addPage(reader, headerBytes);
      }
      reader.skip(pageBytes);
    }
    if (!stream) throw new UnsupportedAudioError("the recording has no audio track");
    return { ...stream.facts, durationSeconds: secondsOfEarlierStreams + stream.seconds };
  },
};

/** Whether a page starts at `at`. The checksum is not verified: it costs too much, and an attacker can forge it. */
function isPageAt(reader: Reader, at: number): boolean {
  return reader.u32(at) === CAPTURE_PATTERN && reader.u8(at + OGG_PAGE_FIELD.version) === 0;
}

/** Header and segments, by the segment table. */
function pageBytesOf(reader: Reader, headerBytes: number): number {
  let pageBytes = headerBytes;
  for (let at = OGG_PAGE_HEADER_BYTES; at < headerBytes; at++) pageBytes += reader.u8(at);
  return pageBytes;
}

/** Moves the reader past junk to the next page. Returns false when there is none within the size of a page. */
async function findPage(reader: Reader): Promise<boolean> {
  const ahead = Math.min(MAX_PAGE_BYTES, reader.remaining);
  await reader.need(ahead);
  let at = 0;
  do {
    reader.step();
    at = reader.indexOf(CAPTURE_FIRST_BYTE, at + 1);
    if (at < 0 || at + OGG_PAGE_HEADER_BYTES > ahead) return false;
  } while (!isPageAt(reader, at));
  reader.skip(at);
  return true;
}
