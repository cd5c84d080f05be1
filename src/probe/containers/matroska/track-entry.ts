// A TrackEntry of Matroska (RFC 9559 section 5.1.4.1), assembled from its elements as they are read.
import { VORBIS_SETUP_TAIL_BYTES } from "../../codecs/vorbis-packet.ts";
import type { Reader } from "../../reader.ts";
import { type CodecDescription, MAX_PRIVATE_BYTES } from "./codecs.ts";
import { type EbmlElement, readFloat, readString, readUnsigned } from "./ebml.ts";
import { ELEMENT_ID, SECONDS_PER_NANOSECOND } from "./element-ids.ts";

export interface TrackEntry extends CodecDescription {
  number: number;
  isAudio: boolean;
  codecDelaySeconds: number;
  /** The number of ContentEncoding elements; the fields below are those of the last. */
  encodings: number;
  compressionAlgorithm: number;
  isEncrypted: boolean;
  /** The bytes that header stripping removed from the start of every frame. */
  strippedHeader: Uint8Array;
}

const AUDIO_TRACK_TYPE = 2;
const ENCRYPTION_TYPE = 1;
/** The longest field that is read is a codec identifier; numbers have 8 bytes. */
const MAX_FIELD_BYTES = 64;

/** A track with the default values of the specification. */
export const emptyTrack = (): TrackEntry => ({
  number: 0,
  isAudio: false,
  codecId: "",
  privateHead: new Uint8Array(),
  privateTail: new Uint8Array(),
  samplingFrequency: 8000,
  channels: 1,
  bitDepth: 0,
  codecDelaySeconds: 0,
  encodings: 0,
  compressionAlgorithm: 0,
  isEncrypted: false,
  strippedHeader: new Uint8Array(),
});

/** Applies the element whose content is at the reader's position. May move the reader within that content. */
export async function applyElement(
  track: TrackEntry,
  { id, size }: EbmlElement,
  reader: Reader,
): Promise<void> {
  if (id === ELEMENT_ID.contentEncoding) track.encodings += 1;
  else if (id === ELEMENT_ID.codecPrivate) await applyCodecPrivate(track, size, reader);
  else if (size <= MAX_FIELD_BYTES && (reader.has(size) || (await reader.need(size)))) {
    applyField(track, id, size, reader);
  }
}

function applyField(track: TrackEntry, id: number, size: number, reader: Reader): void {
  switch (id) {
    case ELEMENT_ID.trackNumber:
      track.number = readUnsigned(reader, size);
      break;
    case ELEMENT_ID.trackType:
      track.isAudio = readUnsigned(reader, size) === AUDIO_TRACK_TYPE;
      break;
    case ELEMENT_ID.codecId:
      track.codecId = readString(reader, size);
      break;
    case ELEMENT_ID.codecDelay:
      track.codecDelaySeconds = readUnsigned(reader, size) * SECONDS_PER_NANOSECOND;
      break;
    case ELEMENT_ID.samplingFrequency:
      track.samplingFrequency = readFloat(reader, size);
      break;
    case ELEMENT_ID.channels:
      track.channels = readUnsigned(reader, size);
      break;
    case ELEMENT_ID.bitDepth:
      track.bitDepth = readUnsigned(reader, size);
      break;
    case ELEMENT_ID.contentEncodingType:
      track.isEncrypted = readUnsigned(reader, size) === ENCRYPTION_TYPE;
      break;
    case ELEMENT_ID.contentCompAlgo:
      track.compressionAlgorithm = readUnsigned(reader, size);
      break;
    case ELEMENT_ID.contentCompSettings:
      track.strippedHeader = reader.bytes(size).slice();
      break;
  }
}

/** Keeps the start and the end of CodecPrivate: codecs read nothing else of it. */
async function applyCodecPrivate(track: TrackEntry, size: number, reader: Reader): Promise<void> {
  const headBytes = Math.min(size, MAX_PRIVATE_BYTES);
  await reader.require(headBytes);
  track.privateHead = reader.bytes(headBytes).slice();
  const tailAt = Math.max(0, size - VORBIS_SETUP_TAIL_BYTES);
  reader.skip(tailAt);
  await reader.require(size - tailAt);
  track.privateTail = reader.bytes(size - tailAt).slice();
}
