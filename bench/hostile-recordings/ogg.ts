// Hostile Ogg recordings.

import { bytesOf, type Part, u16, u24, u32le, u64, zeros } from "./bytes.ts";
import { flacHeader } from "./flac.ts";
import { type HostileRecording, repeated, SIZE, units } from "./parts.ts";
import { OPUS_PACKET, OPUS_SECONDS, VORBIS_ID } from "./webm.ts";

const page = (flags: number, serial: number, ...packets: Part[]) => {
  const bodies = packets.map((packet) => bytesOf(packet));
  const segments = bodies.flatMap(({ length }) => [
    ...Array(Math.floor(length / 255)).fill(255),
    length % 255,
  ]);
  return bytesOf("OggS", 0, flags, u64(0), u32le(serial), u64(0), segments.length, segments, ...bodies);
};
const OPUS_HEAD = bytesOf("OpusHead", 1, 1, u16(0), u32le(48000), u16(0), 0);
const OPUS_OGG = [page(2, 1, OPUS_HEAD), page(0, 1, "OpusTags")];
const FLAC_HEAD = bytesOf(
  0x7f,
  "FLAC",
  1,
  0,
  u16(0),
  "fLaC",
  0x80,
  u24(34),
  zeros(10),
  0x01,
  0xf4,
  0,
  0x70,
  zeros(20),
);
/** Its last 2624 bits parse as 64 modes. */
const MODES = bytesOf(zeros(330), 1);
const openPage = bytesOf(
  "OggS",
  0,
  1,
  Array(8).fill(255),
  u32le(1),
  u64(0),
  255,
  Array(255).fill(255),
  zeros(65025),
);
export const OGG: HostileRecording[] = [
  repeated("Ogg of empty pages", OPUS_OGG, [page(0, 1)]),
  repeated("Ogg of other streams' pages", OPUS_OGG, [page(0, 2)]),
  repeated("Ogg of other streams' segments", OPUS_OGG, [page(0, 2, ...Array(255).fill([]))]),
  repeated("Ogg of empty packets", OPUS_OGG, [page(0, 1, ...Array(255).fill([]))]),
  repeated(
    "Ogg of packets of one byte",
    OPUS_OGG,
    [page(0, 1, ...Array(255).fill([OPUS_PACKET]))],
    (SIZE / 2) * OPUS_SECONDS,
  ),
  repeated(
    "Ogg of pages of one packet of one byte",
    OPUS_OGG,
    [page(0, 1, [OPUS_PACKET])],
    units(29) * OPUS_SECONDS,
  ),
  repeated("Ogg of one endless packet", OPUS_OGG, [openPage]),
  repeated("Ogg with an endless Vorbis setup", [page(2, 1, VORBIS_ID), page(0, 1, "comments")], [openPage]),
  repeated("Ogg of lost packets", OPUS_OGG, [page(1, 1, [0])]),
  repeated("Ogg of sync letters", OPUS_OGG, ["O".repeat(60_000), page(0, 1)]),
  repeated("Ogg of sync codes of another version", OPUS_OGG, ["OggS\x01".repeat(12_000), page(0, 1)]),
  repeated("Ogg of pages with junk between", OPUS_OGG, ["O", page(0, 1)]),
  repeated("Ogg of first pages of nothing known", [], [page(2, 1, "OpusHeaX")]),
  repeated("Ogg of chained Opus streams", [], [page(2, 1, OPUS_HEAD), page(0, 1)]),
  repeated("Ogg of chained Vorbis streams", [], [page(2, 1, VORBIS_ID), page(0, 1, [], MODES)]),
  repeated("Ogg of chained FLAC streams", [], [page(2, 1, FLAC_HEAD), page(0, 1)]),
  repeated(
    "Ogg of bare FLAC headers",
    [page(2, 1, FLAC_HEAD)],
    [page(0, 1, ...Array(255).fill(flacHeader()))],
  ),
  repeated(
    "Ogg of Vorbis packets of one byte",
    [page(2, 1, VORBIS_ID), page(0, 1, [], MODES)],
    [page(0, 1, ...Array(255).fill([0]))],
    (SIZE / 2) * (128 / 8000),
  ),
];
