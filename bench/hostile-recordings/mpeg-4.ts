// Hostile MPEG-4 recordings.

import { bytesOf, MAX_U32, type Part, u16, u32, u64, zeros } from "./bytes.ts";
import { filled, type HostileRecording, repeated, SIZE, units } from "./parts.ts";

export const box = (type: string, ...content: Part[]) => {
  const payload = bytesOf(...content);
  return bytesOf(u32(8 + payload.length), type, payload);
};
export const FTYP = box("ftyp", "M4A ", u32(0));
const descriptor = (tag: number, ...content: Part[]) => {
  const payload = bytesOf(...content);
  return bytesOf(tag, payload.length, payload);
};
/** AAC LC of one channel and 16 kHz: a frame is 64 ms, and {@link SILENT_AAC} is one. */
const AAC_CONFIG = descriptor(5, 0x14, 0x08);
const AAC_SECONDS = 1024 / 16000;
export const SILENT_AAC = [0, 0, 0, 7];
const ESDS = box("esds", u32(0), descriptor(3, 0, 0, 0, descriptor(4, 0x40, zeros(12), AAC_CONFIG)));
const entry = (type: string, ...boxes: Part[]) =>
  box(type, zeros(6), u16(1), zeros(8), u16(1), u16(16), u32(0), u16(16000), u16(0), ...boxes);
const stsd = (...boxes: Part[]) => box("stsd", u32(0), u32(1), entry("mp4a", ...boxes));
/** The header of a box that claims to extend to the end. */
const toEnd = (type: string) => bytesOf(u32(SIZE), type);
export const MVHD = box("mvhd", zeros(12), u32(1000), u32(0), zeros(80));
export const TKHD = box("tkhd", u32(3), zeros(8), u32(1), zeros(68));
const MDHD = box("mdhd", zeros(12), u32(16000), zeros(8));
export const HDLR = box("hdlr", zeros(8), "soun", zeros(13));
/** Everything before a track's tables, in boxes that extend to the end. */
const TRACK = [
  ...[FTYP, toEnd("moov"), MVHD, toEnd("trak"), TKHD, toEnd("mdia"), MDHD, HDLR],
  ...[toEnd("minf"), toEnd("stbl"), stsd(ESDS)],
];
/** A complete index: the tables and, after the track, the boxes about fragments. */
const index = (tables: Part[], ...more: Part[]): Part[] => {
  const media = box("mdia", MDHD, HDLR, box("minf", box("stbl", stsd(ESDS), ...tables)));
  return [FTYP, box("moov", MVHD, box("trak", TKHD, media), ...more)];
};
const TREX = box("trex", u32(0), u32(1), u32(1), u32(1024), u32(4), u32(0));
const FRAGMENTED = index([box("stsz", zeros(12))], box("mvex", TREX));
const STTS = box("stts", u32(0), u32(1), u32(MAX_U32), u32(1024));
const alike = (samples: number, bytes: number) => box("stsz", u32(0), u32(bytes), u32(samples));
/** A table that claims 2^32 entries and fills the rest of the recording with entries. */
const hugeTable = (type: string, unit: Part[], before: Part[] = [], tail: Part[] = []) => {
  const head = [...TRACK, STTS, ...before];
  const bytes = SIZE - bytesOf(...head, ...tail).length;
  const sizes = type === "stsz" || type === "stz2" ? [u32(type === "stz2" ? 4 : 0)] : [];
  return filled([...head, u32(bytes), type, u32(0), ...sizes, u32(MAX_U32)], unit, tail);
};
const table = (type: string, unit: Part[]): HostileRecording => ({
  name: `MPEG-4 with a huge ${type}`,
  maxSeconds: 0,
  make: () => hugeTable(type, unit),
});
const MDAT_LAST = box("mdat", SILENT_AAC);
const fragment = (...runs: Part[]) =>
  box("moof", box("traf", box("tfhd", u32(0), u32(1)), ...runs), box("mdat", SILENT_AAC));
const ONE_SAMPLE = box("trun", u32(0), u32(1));
const leaves = ["tkhd", "mvhd", "mdhd", "hdlr", "trex", "tfhd", "trun", "elst", "stts", "stco"];
export const MP4: HostileRecording[] = [
  repeated("MPEG-4 of empty boxes", [FTYP], [u32(8), "free"]),
  repeated("MPEG-4 of empty boxes with long sizes", [FTYP], [u32(1), "free", u64(16)]),
  repeated("MPEG-4 of padding", [FTYP], [0]),
  repeated("MPEG-4 of empty moov", [FTYP], [u32(8), "moov"]),
  repeated("MPEG-4 of empty tracks", [FTYP], [u32(8), "trak"]),
  repeated("MPEG-4 nested to the end", [FTYP], [toEnd("moov"), toEnd("trak"), toEnd("mdia"), toEnd("minf")]),
  repeated("MPEG-4 of boxes of 2^64 bytes", [FTYP], [u32(1), "moov", Array(8).fill(255)]),
  repeated(
    "MPEG-4 with a box of size 0",
    [...index([STTS, alike(9, 4)]), u32(0), "mdat"],
    SILENT_AAC,
    9 * AAC_SECONDS,
  ),
  // A box of eight bytes has no room for its fields, so the following boxes are read instead.
  ...leaves.map((type) => repeated(`MPEG-4 of empty ${type}`, FRAGMENTED, [u32(8), type])),
  repeated("MPEG-4 of fragments' headers", FRAGMENTED, [
    box("tfhd", u32(0x38), u32(1), u32(1), u32(1024), u32(4)),
  ]),
  repeated("MPEG-4 of empty fragments", FRAGMENTED, [
    toEnd("moof"),
    toEnd("traf"),
    box("tfhd", u32(0), u32(1)),
    ONE_SAMPLE,
  ]),
  repeated("MPEG-4 of tiny fragments", FRAGMENTED, [fragment(ONE_SAMPLE)], units(60) * AAC_SECONDS),
  repeated("MPEG-4 of tiny runs", [...FRAGMENTED, toEnd("traf"), box("tfhd", u32(0), u32(1))], [ONE_SAMPLE]),
  repeated(
    "MPEG-4 with a run of 2^32",
    [...FRAGMENTED, fragment(box("trun", u32(0), u32(MAX_U32))), u32(0), "mdat"],
    SILENT_AAC,
    (SIZE / 4) * AAC_SECONDS,
  ),
  {
    name: "MPEG-4 with a run of real entries",
    maxSeconds: AAC_SECONDS,
    make: () => {
      const head = [...FRAGMENTED, toEnd("moof"), toEnd("traf"), box("tfhd", u32(0), u32(1))];
      const bytes = SIZE - bytesOf(...head, MDAT_LAST).length;
      return filled([...head, u32(bytes), "trun", u32(0x200), u32(MAX_U32)], [u32(4)], [MDAT_LAST]);
    },
  },
  repeated(
    "MPEG-4 with 2^32 samples alike",
    [...index([STTS, alike(MAX_U32, 4)]), u32(0), "mdat"],
    SILENT_AAC,
    (SIZE / 4) * AAC_SECONDS,
  ),
  repeated(
    "MPEG-4 with 2^32 samples of 1 GiB",
    [...index([STTS, alike(MAX_U32, 2 ** 30)]), u32(0), "mdat"],
    SILENT_AAC,
  ),
  repeated(
    "MPEG-4 with samples of no bytes",
    [...index([STTS, alike(MAX_U32, 0)]), u32(0), "mdat"],
    SILENT_AAC,
  ),
  table("stts", [u32(MAX_U32), u32(1)]),
  table("stsz", [u32(4)]),
  table("stz2", [0x44]),
  table("stsc", [u32(1), u32(1), u32(1)]),
  table("stco", [u32(MAX_U32)]),
  table("co64", [u64(2 ** 63)]),
  table("ctts", [u32(1), u32(1)]),
  table("elst", [u32(1), u32(1), u32(1)]),
  repeated(
    "MPEG-4 of chunk offsets after 1024 runs of one chunk",
    [...TRACK, box("stsc", u32(0), u32(1024), ...Array(1024 * 3).fill(u32(1)))],
    [box("stco", u32(0), u32(1), u32(MAX_U32))],
  ),
  repeated(
    "MPEG-4 with wrappers in its description",
    [...TRACK.slice(0, -1), u32(SIZE - 4096), "stsd", u32(0), u32(1), u32(SIZE), entry("mp4a").subarray(4)],
    [u32(8), "wave"],
  ),
];
