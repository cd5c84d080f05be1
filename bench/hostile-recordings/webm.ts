// Hostile WebM and Matroska recordings.

import { bytesOf, type Part, u16, u24, u32, u32le, zeros } from "./bytes.ts";
import { flacHeader } from "./flac.ts";
import { type HostileRecording, repeated, SIZE, units } from "./parts.ts";

const DOC_TYPE = (type: string) =>
  bytesOf(u32(0x1a45dfa3), 0x80 + 3 + type.length, u16(0x4282), 0x80 + type.length, type);
const SEGMENT = bytesOf(u32(0x18538067), 0xff);
const CLUSTER = bytesOf(u32(0x1f43b675), 0xff);
const element = (id: Part, ...content: Part[]) => {
  const payload = bytesOf(...content);
  return bytesOf(id, 0x10, u24(payload.length), payload);
};
/** Everything before the first cluster, with one audio track. */
const webmTrack = (codec: string) => {
  const fields = bytesOf(0xd7, 0x81, 1, 0x83, 0x81, 2, 0x86, 0x80 + codec.length, codec);
  return bytesOf(DOC_TYPE("webm"), SEGMENT, element(u32(0x1654ae6b), element([0xae], fields)));
};
const OPUS_WEBM = [webmTrack("A_OPUS"), CLUSTER];
/** A packet of one byte: two empty frames of 60 ms. */
export const OPUS_PACKET = 0x19;
export const OPUS_SECONDS = 0.12;
const block = (flags: number, ...content: Part[]) => {
  const payload = bytesOf(0x81, u16(0), flags, ...content);
  return bytesOf(0xa3, 0x10, u24(payload.length), payload);
};
const tinyBlock = (...content: Part[]) => {
  const payload = bytesOf(0x81, u16(0), 0, ...content);
  return bytesOf(0xa3, 0x80 + payload.length, payload);
};
const laced = (name: string, lacing: number, frames: number, ...content: Part[]) =>
  repeated(
    `WebM of ${name}`,
    OPUS_WEBM,
    [block(lacing << 1, frames - 1, ...content)],
    (SIZE / 2) * OPUS_SECONDS,
  );
export const VORBIS_ID = bytesOf(1, "vorbis", u32(0), 1, u32le(8000), zeros(12), 0x88, 1);
export const WEBM: HostileRecording[] = [
  repeated("WebM of empty clusters", OPUS_WEBM, [u32(0x1f43b675), 0x80]),
  repeated("WebM nested in unknown sizes", [DOC_TYPE("webm")], [SEGMENT]),
  repeated("WebM of segments of unknown size", OPUS_WEBM, [SEGMENT, CLUSTER]),
  repeated("WebM of voids", OPUS_WEBM, [0xec, 0x80]),
  repeated("WebM of voids before the tracks", [DOC_TYPE("webm"), SEGMENT], [0xec, 0x80]),
  repeated("WebM of track entries", [DOC_TYPE("webm"), SEGMENT], [0xae, 0x80]),
  repeated("WebM of codec IDs", [webmTrack("A_OPUS")], [0x86, 0x86, "A_OPUS"]),
  repeated("WebM of private data", [webmTrack("A_OPUS")], [u16(0x63a2), 0x10, u24(65_536), zeros(65_536)]),
  repeated("WebM of fields in its header", [u32(0x1a45dfa3), 0x01, Array(7).fill(254)], [0xec, 0x80]),
  repeated("WebM with an element of 2^56 bytes", [...OPUS_WEBM, 0xec, 0x01, Array(6).fill(255), 254], [0]),
  repeated("WebM of empty blocks", OPUS_WEBM, [0xa3, 0x80]),
  repeated("WebM of other tracks' blocks", OPUS_WEBM, [0xa3, 0x84, 0x82, u16(0), 0]),
  repeated("WebM of blocks without a frame", OPUS_WEBM, [tinyBlock()]),
  repeated("WebM of blocks of one byte", OPUS_WEBM, [tinyBlock(OPUS_PACKET)], units(7) * OPUS_SECONDS),
  repeated("WebM of packets of two bytes", OPUS_WEBM, [tinyBlock(0x03, 12)], units(8) * OPUS_SECONDS),
  repeated(
    "WebM of groups with discarded ends",
    OPUS_WEBM,
    [0xa0, 0x80, tinyBlock(OPUS_PACKET), u16(0x75a2), 0x81, 1],
    units(13) * OPUS_SECONDS,
  ),
  laced("256 frames of one byte in fixed lacing", 2, 256, Array(256).fill(OPUS_PACKET)),
  laced("256 frames of one byte in Xiph lacing", 1, 256, Array(255).fill(1), Array(256).fill(OPUS_PACKET)),
  laced(
    "256 frames of one byte in EBML lacing",
    3,
    256,
    0x81,
    Array(254).fill(0xbf),
    Array(256).fill(OPUS_PACKET),
  ),
  laced("EBML lacing that breaks off", 3, 256, 0x81, Array(254).fill(0xbf).with(-1, 0x01)),
  laced(
    "long EBML lacing that breaks off",
    3,
    256,
    0x81,
    Array(253)
      .fill([0x10, ...u24(0x7ffff)])
      .flat(),
    0,
  ),
  laced("Xiph lacing that breaks off", 1, 256, new Uint8Array(300_000).fill(255)),
  laced("laced blocks a little longer than a window", 2, 256, zeros(262_200)),
  laced("laced blocks of 1 MiB", 1, 2, 1, zeros(1024 * 1024)),
  repeated(
    "Matroska of blocks of E-AC-3 frames of eight bytes",
    [DOC_TYPE("matroska"), webmTrack("A_EAC3").subarray(DOC_TYPE("webm").length), CLUSTER],
    [block(0, ...Array(8000).fill([0x0b, 0x77, 0, 3, 0x80, 0x80, 0, 0]))],
    units(8) * (256 / 32_000),
  ),
  repeated(
    "Matroska of bare FLAC headers",
    [DOC_TYPE("matroska"), webmTrack("A_FLAC").subarray(DOC_TYPE("webm").length), CLUSTER],
    [tinyBlock(flacHeader())],
  ),
];
