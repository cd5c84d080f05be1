// ASF, the container of Windows Media Audio ([MS-ASF], "Advanced Systems Format Specification" 1.20): a header of
// objects, then packets of one size. What is in the packets is asf-packets.ts's.

import { type Format, isSampleRate } from "../../container.ts";
import { type Reader, UnreadableAudio } from "../../reader.ts";
import { type AudioStream, countPackets } from "./packets.ts";

interface FileProperties {
  packetBytes: number;
  /** As claimed, undefined for a broadcast: nobody knew when it would end. */
  seconds: number | undefined;
}

interface WaveFormat extends AudioStream {
  codec: string;
  sampleRate: number;
  bytesPerSecond: number;
}

/** The first four bytes of the objects' GUIDs, which tell them apart. */
const HEADER = 0x3026b275;
const FILE_PROPERTIES = 0xa1dcab8c;
const STREAM_PROPERTIES = 0x9107dcb7;
const DATA = 0x3626b275;
const CONTENT_ENCRYPTION = 0xfbb31122;
const EXTENDED_ENCRYPTION = 0x14e68a29;
const AUDIO_MEDIA = 0x409e69f8;

const OBJECT_HEADER_BYTES = 24;
const HEADER_BYTES = 30;
const FILE_PROPERTIES_BYTES = 80;
const STREAM_PROPERTIES_BYTES = 54;
const WAVE_FORMAT_BYTES = 18;
/** A data object's header: the packets follow. */
const DATA_BYTES = 50;
const MAX_PACKET_BYTES = 512 * 1024;
const IS_BROADCAST = 1;

/** 4 kbit/s: no codec of the family takes fewer. */
const LEAST_BYTES_PER_SECOND = 500;
/** By how much a variable bit rate may stay below what the header calls the average. */
const RATE_TOLERANCE = 2;

const CODECS: Readonly<Record<number, string>> = {
  10: "WMA Voice",
  352: "WMA 1",
  353: "WMA 2",
  354: "WMA Professional",
  355: "WMA Lossless",
};

export const asf: Format = {
  container: "ASF",
  contentType: "audio/x-ms-wma",
  magicBytes: 16,
  matches: (reader) => reader.u32() === HEADER && reader.u32(4) === 0x8e66cf11,

  async measure(reader) {
    reader.skip(HEADER_BYTES);
    let properties: FileProperties | undefined;
    let audio: WaveFormat | undefined;
    while (reader.has(OBJECT_HEADER_BYTES) || (await reader.need(OBJECT_HEADER_BYTES))) {
      reader.step();
      const id = reader.u32();
      const size = reader.u64le(16);
      if (id === DATA) break;
      if (size < OBJECT_HEADER_BYTES) throw new UnreadableAudio("has an object of no size");
      if (id === CONTENT_ENCRYPTION || id === EXTENDED_ENCRYPTION) throw new UnreadableAudio("is encrypted");
      if (id === FILE_PROPERTIES) properties = await readFileProperties(reader);
      if (id === STREAM_PROPERTIES) audio ??= await readAudioStream(reader);
      reader.skip(size);
    }
    if (!properties || !(await reader.need(DATA_BYTES))) throw new UnreadableAudio("has no packets");
    if (!audio) throw new UnreadableAudio("has no audio track");
    const claimedBytes = reader.u64le(16);
    // A broadcast's data has no size.
    const end = claimedBytes > DATA_BYTES ? reader.position + claimedBytes : reader.size;
    reader.skip(DATA_BYTES);
    const counted = await countPackets(reader, Math.min(end, reader.size), properties.packetBytes, audio);
    return { codec: audio.codec, durationSeconds: secondsOf(counted, audio, properties) };
  },
};

/**
 * Frames are the truth, less the first, which only overlaps the second. Where they can't be told, the claim is held
 * against the bytes.
 */
function secondsOf(
  { bytes, frames }: { bytes: number; frames: number },
  { frameSamples, sampleRate, bytesPerSecond }: WaveFormat,
  { seconds }: FileProperties,
): number {
  const longest = bytes / LEAST_BYTES_PER_SECOND;
  if (frameSamples) return Math.min((Math.max(0, frames - 1) * frameSamples) / sampleRate, longest);
  const usual = bytes / Math.max(bytesPerSecond, LEAST_BYTES_PER_SECOND);
  return Math.min(seconds ?? usual, usual * RATE_TOLERANCE, longest);
}

async function readFileProperties(reader: Reader): Promise<FileProperties> {
  await reader.require(OBJECT_HEADER_BYTES + FILE_PROPERTIES_BYTES);
  const at = OBJECT_HEADER_BYTES;
  // Units of 100 ns, less the milliseconds that a player buffers before it starts.
  const seconds = reader.u64le(at + 40) / 1e7 - reader.u64le(at + 56) / 1e3;
  const isBroadcast = (reader.u32le(at + 64) & IS_BROADCAST) !== 0;
  const packetBytes = reader.u32le(at + 68);
  if (packetBytes !== reader.u32le(at + 72) || packetBytes === 0 || packetBytes > MAX_PACKET_BYTES) {
    throw new UnreadableAudio("has packets of no certain size");
  }
  return { packetBytes, seconds: isBroadcast || seconds <= 0 ? undefined : seconds };
}

/** The stream, if it is audio. */
async function readAudioStream(reader: Reader): Promise<WaveFormat | undefined> {
  const wave = OBJECT_HEADER_BYTES + STREAM_PROPERTIES_BYTES;
  await reader.require(wave);
  if (reader.u32(OBJECT_HEADER_BYTES) !== AUDIO_MEDIA) return undefined;
  await reader.require(wave + WAVE_FORMAT_BYTES);
  const tag = reader.u16le(wave);
  const codec = CODECS[tag];
  if (!codec) throw new UnreadableAudio(`has a codec not known here (format tag ${tag})`);
  const sampleRate = reader.u32le(wave + 4);
  const blockBytes = reader.u16le(wave + 12);
  if (!isSampleRate(sampleRate) || blockBytes === 0) throw new UnreadableAudio("has an impossible format");
  return {
    codec,
    sampleRate,
    bytesPerSecond: reader.u32le(wave + 8),
    number: reader.u16le(OBJECT_HEADER_BYTES + 48) & 0x7f,
    blockBytes,
    ...(await readFrames(reader, wave, tag, sampleRate)),
  };
}

/** How a stream's frames can be told: by version 1 and 2 alone, and not where blocks are interleaved. */
async function readFrames(
  reader: Reader,
  wave: number,
  tag: number,
  sampleRate: number,
): Promise<{ frameSamples: number; hasReservoir: boolean }> {
  const formatBytes = reader.u32le(OBJECT_HEADER_BYTES + 40);
  const extraBytes = reader.u16le(wave + 16);
  const flagsAt = wave + WAVE_FORMAT_BYTES + (tag === 0x160 ? 2 : 4);
  const isCounted = (tag === 0x160 && extraBytes >= 4) || (tag === 0x161 && extraBytes >= 6);
  if (!isCounted || formatBytes > MAX_PACKET_BYTES) return { frameSamples: 0, hasReservoir: false };
  await reader.require(wave + formatBytes + 1 + WAVE_FORMAT_BYTES);
  // "Audio spread": how many blocks are interleaved.
  const span = reader.u32le(OBJECT_HEADER_BYTES + 44) > 0 ? reader.u8(wave + formatBytes) : 1;
  const isShort = sampleRate <= 22050 || (sampleRate <= 32000 && tag === 0x160);
  const samples = sampleRate <= 16000 ? 512 : isShort ? 1024 : 2048;
  return { frameSamples: span > 1 ? 0 : samples, hasReservoir: (reader.u16le(flagsAt) & 2) !== 0 };
}
