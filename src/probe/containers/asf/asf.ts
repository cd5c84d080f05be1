// ASF, the container of Windows Media Audio (Advanced Systems Format Specification 1.20): a header of objects, then
// packets of a fixed size, which packets.ts counts.
import { MIN_WMA_BYTES_PER_SECOND } from "../../codecs/wma.ts";
import type { ContainerFormat } from "../../container.ts";
import type { Reader } from "../../reader.ts";
import { UnsupportedAudioError } from "../../unsupported-audio-error.ts";
import { type AsfAudioStream, readAudioStream } from "./audio-stream.ts";
import { ASF_HEADER_GUID_SECOND_WORD, ASF_OBJECT, ASF_OBJECT_HEADER_BYTES } from "./guids.ts";
import { type AudioCount, countPackets } from "./packets.ts";

interface FileProperties {
  packetBytes: number;
  /** As claimed; undefined for a broadcast, whose length was unknown when the header was written. */
  seconds: number | undefined;
}

const MAGIC_BYTES = 16;
const HEADER_OBJECT_BYTES = 30;
/** Offsets in the File Properties Object (section 3.2), from the end of the object header. */
const FILE_PROPERTY = {
  playDuration: 40,
  preroll: 56,
  flags: 64,
  minPacketSize: 68,
  maxPacketSize: 72,
} as const;
const FILE_PROPERTIES_BYTES = 80;
const BROADCAST_FLAG = 1;
/** The header of the Data Object (section 5.1), which the packets follow. */
const DATA_OBJECT_HEADER_BYTES = 50;
const MAX_PACKET_BYTES = 512 * 1024;

/** How far a variable bit rate may stay below the average that the header states. */
const BIT_RATE_TOLERANCE = 2;

export const asf: ContainerFormat = {
  container: "ASF",
  contentType: "audio/x-ms-wma",
  magicBytes: MAGIC_BYTES,
  matches: (reader) => reader.u32() === ASF_OBJECT.header && reader.u32(4) === ASF_HEADER_GUID_SECOND_WORD,

  async measure(reader) {
    reader.skip(HEADER_OBJECT_BYTES);
    let properties: FileProperties | undefined;
    let audio: AsfAudioStream | undefined;
    /** Why the first stream of audio does not count. */
    let refusal: UnsupportedAudioError | undefined;
    while (reader.has(ASF_OBJECT_HEADER_BYTES) || (await reader.need(ASF_OBJECT_HEADER_BYTES))) {
      reader.step();
      const id = reader.u32();
      const objectBytes = reader.u64le(16);
      if (id === ASF_OBJECT.data) break;
      if (objectBytes < ASF_OBJECT_HEADER_BYTES) {
        throw new UnsupportedAudioError("an ASF object is smaller than its header");
      }
      if (id === ASF_OBJECT.contentEncryption || id === ASF_OBJECT.extendedContentEncryption) {
        throw new UnsupportedAudioError("the audio is encrypted");
      }
      if (id === ASF_OBJECT.fileProperties) properties ??= await readFileProperties(reader);
      if (id === ASF_OBJECT.streamProperties && !audio) {
        try {
          audio = await readAudioStream(reader, MAX_PACKET_BYTES);
        } catch (error) {
          if (!(error instanceof UnsupportedAudioError)) throw error;
          refusal ??= error;
        }
      }
      reader.skip(objectBytes);
    }
    if (!properties || !(await reader.need(DATA_OBJECT_HEADER_BYTES))) {
      throw new UnsupportedAudioError("the ASF file properties or packets are missing");
    }
    if (!audio) throw refusal ?? new UnsupportedAudioError("the recording has no audio track");
    const claimedBytes = reader.u64le(16);
    // The data object of a broadcast states no size.
    const isKnown = claimedBytes > DATA_OBJECT_HEADER_BYTES;
    const end = Math.min(isKnown ? reader.position + claimedBytes : reader.size, reader.size);
    reader.skip(DATA_OBJECT_HEADER_BYTES);
    const counted = await countPackets(reader, end, properties.packetBytes, audio);
    return { ...audio.facts, durationSeconds: secondsOf(counted, audio, properties) };
  },
};

/**
 * The duration by the frames counted. The first frame only overlaps the second and yields no samples. Where frames
 * cannot be counted, the claimed duration is bounded by what the bytes allow.
 */
function secondsOf(
  { bytes, frames, silentFrames }: AudioCount,
  { frameSamples, sampleRate, bytesPerSecond }: AsfAudioStream,
  { seconds }: FileProperties,
): number {
  const maxSeconds = bytes / MIN_WMA_BYTES_PER_SECOND;
  if (frameSamples > 0) {
    const frameSeconds = frameSamples / sampleRate;
    return Math.min(Math.max(0, frames - 1) * frameSeconds, maxSeconds + silentFrames * frameSeconds);
  }
  const averageSeconds = bytes / Math.max(bytesPerSecond, MIN_WMA_BYTES_PER_SECOND);
  return Math.min(seconds ?? averageSeconds, averageSeconds * BIT_RATE_TOLERANCE, maxSeconds);
}

async function readFileProperties(reader: Reader): Promise<FileProperties> {
  await reader.require(ASF_OBJECT_HEADER_BYTES + FILE_PROPERTIES_BYTES);
  const field = (offset: number) => ASF_OBJECT_HEADER_BYTES + offset;
  // The play duration is in units of 100 ns and includes the preroll, in milliseconds.
  const seconds =
    reader.u64le(field(FILE_PROPERTY.playDuration)) / 1e7 - reader.u64le(field(FILE_PROPERTY.preroll)) / 1e3;
  const isBroadcast = (reader.u32le(field(FILE_PROPERTY.flags)) & BROADCAST_FLAG) !== 0;
  const packetBytes = reader.u32le(field(FILE_PROPERTY.minPacketSize));
  // Section 3.2: both packet sizes shall be equal.
  const isFixed = packetBytes === reader.u32le(field(FILE_PROPERTY.maxPacketSize));
  if (!isFixed || packetBytes === 0 || packetBytes > MAX_PACKET_BYTES) {
    throw new UnsupportedAudioError("the ASF packet size is not fixed or out of range");
  }
  return { packetBytes, seconds: isBroadcast || seconds <= 0 ? undefined : seconds };
}
