// A TrackEntry of Matroska (RFC 9559 section 5.1.4.1), put together from its elements as they come.

import { VORBIS_SETUP_TAIL_BYTES } from "../../codecs/vorbis-packet.ts";
import type { Reader } from "../../reader.ts";
import { type CodecDescription, MAX_PRIVATE_BYTES } from "./codecs.ts";
import { type Element, float, unsigned } from "./ebml.ts";

export interface Track extends CodecDescription {
  number: number;
  isAudio: boolean;
  codecDelaySeconds: number;
  /** How the frames of its blocks are encoded: how many times, and the last one. */
  encodings: number;
  compression: number;
  isEncrypted: boolean;
  /** What header stripping took from the front of every frame. */
  strippedBytes: Uint8Array;
}

const AUDIO_TRACK = 2;
const ENCRYPTION = 1;
const NANOSECONDS = 1e-9;
/** Codec IDs are the longest; numbers have 8. */
const MAX_FIELD_BYTES = 64;

const CODEC_PRIVATE = 0x63a2;
const CONTENT_ENCODING = 0x6240;

/** A track with the values that stand for what isn't written. */
export const newTrack = (): Track => ({
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
  compression: 0,
  isEncrypted: false,
  strippedBytes: new Uint8Array(),
});

/** Takes the element whose content starts at the reader's position, within which the reader may be moved. */
export async function describe(track: Track, { id, size }: Element, reader: Reader): Promise<void> {
  if (id === CONTENT_ENCODING) track.encodings += 1;
  else if (id === CODEC_PRIVATE) await takePrivate(track, size, reader);
  else if (size <= MAX_FIELD_BYTES && (reader.has(size) || (await reader.need(size)))) {
    takeField(track, id, size, reader);
  }
}

function takeField(track: Track, id: number, size: number, reader: Reader): void {
  switch (id) {
    case 0xd7:
      track.number = unsigned(reader, size);
      break;
    case 0x83:
      track.isAudio = unsigned(reader, size) === AUDIO_TRACK;
      break;
    case 0x86:
      track.codecId = reader.ascii(size).replace(/\0.*/s, "");
      break;
    case 0x56aa:
      track.codecDelaySeconds = unsigned(reader, size) * NANOSECONDS;
      break;
    case 0xb5:
      track.samplingFrequency = float(reader, size);
      break;
    case 0x9f:
      track.channels = unsigned(reader, size);
      break;
    case 0x6264:
      track.bitDepth = unsigned(reader, size);
      break;
    case 0x5033:
      track.isEncrypted = unsigned(reader, size) === ENCRYPTION;
      break;
    case 0x4254:
      track.compression = unsigned(reader, size);
      break;
    case 0x4255:
      track.strippedBytes = reader.bytes(size).slice();
      break;
  }
}

/** Keeps both ends, which is all that the codecs look at. */
async function takePrivate(track: Track, size: number, reader: Reader): Promise<void> {
  const tailAt = Math.max(0, size - VORBIS_SETUP_TAIL_BYTES);
  await reader.require(Math.min(size, MAX_PRIVATE_BYTES));
  track.privateHead = reader.bytes(Math.min(size, MAX_PRIVATE_BYTES)).slice();
  reader.skip(tailAt);
  await reader.require(size - tailAt);
  track.privateTail = reader.bytes(size - tailAt).slice();
}
