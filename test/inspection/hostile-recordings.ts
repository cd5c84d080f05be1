// Recordings of just under 20 MiB made to cost an inspection much, or to claim what isn't there: one at least for each
// loop of each walker. Nothing here is read from disk or depends on the test runner: the benchmark uses them, too.
import { FLAC_CRC_16 } from "../../src/inspection/flac-frame.ts";

export interface HostileRecording {
  name: string;
  /** What a decoder that reads to the end could give at most; 0 where there is no audio at all. */
  atMostSeconds: number;
  make: () => Uint8Array<ArrayBuffer>;
}

type Part = string | number | readonly number[] | Uint8Array;

const SIZE = 20 * 1024 * 1024 - 64;
const MAX_U32 = 0xffffffff;

function bytesOf(...parts: Part[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    parts.flatMap((part) => {
      if (typeof part === "number") return [part];
      return typeof part === "string" ? [...part].map((letter) => letter.charCodeAt(0)) : [...part];
    }),
  );
}
const bigEndian = (size: number, value: number) =>
  Array.from({ length: size }, (_, byte) => Math.floor(value / 256 ** (size - 1 - byte)) % 256);
const u16 = (value: number) => bigEndian(2, value);
const u24 = (value: number) => bigEndian(3, value);
const u32 = (value: number) => bigEndian(4, value);
const u64 = (value: number) => bigEndian(8, value);
const u16le = (value: number) => u16(value).reverse();
const u32le = (value: number) => u32(value).reverse();
const u64le = (value: number) => u64(value).reverse();
const zeros = (count: number) => new Uint8Array(count);

/** `head`, then `unit` again and again, then `tail`. */
function filled(head: Part[], unit: Part[], tail: Part[] = []): Uint8Array<ArrayBuffer> {
  const [first, again, last] = [bytesOf(...head), bytesOf(...unit), bytesOf(...tail)];
  const bytes = new Uint8Array(SIZE);
  bytes.set(first);
  const end = SIZE - last.length;
  bytes.set(again.subarray(0, end - first.length), first.length);
  for (let done = again.length; first.length + done < end; done *= 2) {
    bytes.copyWithin(first.length + done, first.length, Math.min(first.length + done, end - done));
  }
  bytes.set(last, end);
  return bytes;
}

const repeated = (name: string, head: Part[], unit: Part[], atMostSeconds = 0): HostileRecording => ({
  name,
  atMostSeconds,
  make: () => filled(head, unit),
});
/** How many units of so many bytes there is room for. */
const units = (bytes: number) => Math.ceil(SIZE / bytes);

function random(): Uint8Array<ArrayBuffer> {
  let state = 0x2545f491;
  return Uint8Array.from({ length: SIZE }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

// RIFF
const RIFF = ["RIFF", u32le(SIZE - 8), "WAVE"];
/** PCM of one channel, 8000 samples of 8 bits a second. */
const FMT = ["fmt ", u32le(16), u16le(1), u16le(1), u32le(8000), u32le(8000), u16le(1), u16le(8)];
const WAV: HostileRecording[] = [
  repeated("WAVE of empty chunks", RIFF, ["junk", u32le(0)]),
  repeated("WAVE of chunks of one byte", RIFF, ["junk", u32le(1), 0, 0]),
  repeated("WAVE of empty format chunks", RIFF, ["fmt ", u32le(0)]),
  repeated("WAVE of formats", RIFF, FMT),
  repeated("WAVE of empty 64-bit sizes", ["RF64", u32le(MAX_U32), "WAVE"], ["ds64", u32le(0)]),
  repeated("WAVE of data without a format", RIFF, ["data", u32le(2), 0, 0]),
  repeated(
    "RF64 that claims 2^64 bytes",
    ["RF64", u32le(MAX_U32), "WAVE", "ds64", u32le(28), Array(28).fill(255), ...FMT, "data", u32le(MAX_U32)],
    [128],
    SIZE / 8000,
  ),
  repeated("WAVE of one sample a second", [...RIFF, ...FMT.with(4, u32le(1)), "data", u32le(MAX_U32)], [128]),
];

// MPEG-4
const box = (type: string, ...content: Part[]) => {
  const payload = bytesOf(...content);
  return bytesOf(u32(8 + payload.length), type, payload);
};
const FTYP = box("ftyp", "M4A ", u32(0));
const descriptor = (tag: number, ...content: Part[]) => {
  const payload = bytesOf(...content);
  return bytesOf(tag, payload.length, payload);
};
/** AAC LC of one channel and 16 kHz: a frame is 64 ms, and {@link SILENT_AAC} is one. */
const AAC_CONFIG = descriptor(5, 0x14, 0x08);
const AAC_SECONDS = 1024 / 16000;
const SILENT_AAC = [0, 0, 0, 7];
const ESDS = box("esds", u32(0), descriptor(3, 0, 0, 0, descriptor(4, 0x40, zeros(12), AAC_CONFIG)));
const entry = (type: string, ...boxes: Part[]) =>
  box(type, zeros(6), u16(1), zeros(8), u16(1), u16(16), u32(0), u16(16000), u16(0), ...boxes);
const stsd = (...boxes: Part[]) => box("stsd", u32(0), u32(1), entry("mp4a", ...boxes));
/** A box that is said to reach to the end. */
const toEnd = (type: string) => bytesOf(u32(SIZE), type);
const MVHD = box("mvhd", zeros(12), u32(1000), u32(0), zeros(80));
const TKHD = box("tkhd", u32(3), zeros(8), u32(1), zeros(68));
const MDHD = box("mdhd", zeros(12), u32(16000), zeros(8));
const HDLR = box("hdlr", zeros(8), "soun", zeros(13));
/** All that stands before a track's tables, which then reach to the end. */
const TRACK = [
  ...[FTYP, toEnd("moov"), MVHD, toEnd("trak"), TKHD, toEnd("mdia"), MDHD, HDLR],
  ...[toEnd("minf"), toEnd("stbl"), stsd(ESDS)],
];
/** A whole index, with the tables and, after the track, what is said of fragments. */
const index = (tables: Part[], ...more: Part[]): Part[] => {
  const media = box("mdia", MDHD, HDLR, box("minf", box("stbl", stsd(ESDS), ...tables)));
  return [FTYP, box("moov", MVHD, box("trak", TKHD, media), ...more)];
};
const TREX = box("trex", u32(0), u32(1), u32(1), u32(1024), u32(4), u32(0));
const FRAGMENTED = index([box("stsz", zeros(12))], box("mvex", TREX));
const STTS = box("stts", u32(0), u32(1), u32(MAX_U32), u32(1024));
const alike = (samples: number, bytes: number) => box("stsz", u32(0), u32(bytes), u32(samples));
/** A table that claims 2^32 entries and fills the rest of the recording with as many as there is room for. */
const hugeTable = (type: string, unit: Part[], before: Part[] = [], tail: Part[] = []) => {
  const head = [...TRACK, STTS, ...before];
  const bytes = SIZE - bytesOf(...head, ...tail).length;
  const sizes = type === "stsz" || type === "stz2" ? [u32(type === "stz2" ? 4 : 0)] : [];
  return filled([...head, u32(bytes), type, u32(0), ...sizes, u32(MAX_U32)], unit, tail);
};
const table = (type: string, unit: Part[]): HostileRecording => ({
  name: `MPEG-4 with a huge ${type}`,
  atMostSeconds: 0,
  make: () => hugeTable(type, unit),
});
const MDAT_LAST = box("mdat", SILENT_AAC);
const fragment = (...runs: Part[]) =>
  box("moof", box("traf", box("tfhd", u32(0), u32(1)), ...runs), box("mdat", SILENT_AAC));
const ONE_SAMPLE = box("trun", u32(0), u32(1));
const leaves = ["tkhd", "mvhd", "mdhd", "hdlr", "trex", "tfhd", "trun", "elst", "stts", "stco"];
const MP4: HostileRecording[] = [
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
  // A box of eight bytes can't hold what such a box holds: what is read there is the following ones.
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
    atMostSeconds: AAC_SECONDS,
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

// WebM and Matroska
const DOC_TYPE = (type: string) =>
  bytesOf(u32(0x1a45dfa3), 0x80 + 3 + type.length, u16(0x4282), 0x80 + type.length, type);
const SEGMENT = bytesOf(u32(0x18538067), 0xff);
const CLUSTER = bytesOf(u32(0x1f43b675), 0xff);
const element = (id: number[], ...content: Part[]) => {
  const payload = bytesOf(...content);
  return bytesOf(id, 0x10, u24(payload.length), payload);
};
/** All before the first cluster: one audio track. */
const webmTrack = (codec: string) => {
  const fields = bytesOf(0xd7, 0x81, 1, 0x83, 0x81, 2, 0x86, 0x80 + codec.length, codec);
  return bytesOf(DOC_TYPE("webm"), SEGMENT, element(u32(0x1654ae6b), element([0xae], fields)));
};
const OPUS_WEBM = [webmTrack("A_OPUS"), CLUSTER];
/** A packet of one byte: two frames of 60 ms that were not sent. */
const OPUS_PACKET = 0x19;
const OPUS_SECONDS = 0.12;
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
const VORBIS_ID = bytesOf(1, "vorbis", u32(0), 1, u32le(8000), zeros(12), 0x88, 1);
const WEBM: HostileRecording[] = [
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
    "Matroska of bare FLAC headers",
    [DOC_TYPE("matroska"), webmTrack("A_FLAC").subarray(DOC_TYPE("webm").length), CLUSTER],
    [tinyBlock(flacHeader())],
  ),
];

// Ogg
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
/** Its last 2624 bits read as 64 modes. */
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
const OGG: HostileRecording[] = [
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

// FLAC
/** The header of a frame of 65,535 samples (8000 a second, 8 bits, one channel), with its CRC-8. */
function flacHeader(): Uint8Array {
  const header = bytesOf(0xff, 0xf8, 0x74, 0x02, 0, u16(65_534));
  let crc = 0;
  for (const byte of header) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? 0x07 : 0)) & 0xff;
  }
  return bytesOf(header, crc);
}
/** A whole frame, all of one value. */
function flacFrame(): Uint8Array {
  const frame = bytesOf(flacHeader(), 0, 0);
  let crc = 0;
  for (const byte of frame) crc = ((crc << 8) & 0xffff) ^ (FLAC_CRC_16[(crc >> 8) ^ byte] ?? 0);
  return bytesOf(frame, u16(crc));
}
const STREAMINFO = bytesOf(u24(34), zeros(10), 0x01, 0xf4, 0, 0x70, zeros(20));
const FLAC = ["fLaC", 0x80, STREAMINFO];
const FLAC_FILES: HostileRecording[] = [
  repeated("FLAC of empty metadata", ["fLaC", 0, STREAMINFO], [1, u24(0)]),
  repeated("FLAC of STREAMINFO", ["fLaC"], [0, STREAMINFO]),
  repeated("FLAC of endless comments", ["fLaC", 0, STREAMINFO], [4, u24(0xffffff), zeros(0xffffff)]),
  // A checksum may come out right by chance, once in 65,536 bytes.
  repeated("FLAC of bare headers", FLAC, [flacHeader()], (SIZE / 65_536) * (65_535 / 8000)),
  repeated("FLAC of whole frames of one value", FLAC, [flacFrame()], units(12) * (65_535 / 8000)),
  repeated("FLAC of sync codes", FLAC, [0xff, 0xf8]),
  repeated("FLAC of sync codes and long numbers", FLAC, [
    0xff,
    0xf8,
    0x7e,
    0x02,
    0xfe,
    Array(6).fill(0xbf),
    zeros(5),
  ]),
  repeated("FLAC of zeros", [...FLAC, flacFrame()], [0], 65_535 / 8000),
];

// MPEG audio, ADTS and ID3
const id3 = (size: number) =>
  bytesOf(
    "ID3",
    4,
    0,
    0,
    [21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f),
  );
const MP3_HEADER = [0xff, 0xfb, 0x90, 0xc4];
const MP3_SECONDS = 1152 / 44100;
/** MPEG 2 layer III, 24 kHz, 8 kbit/s: no frame is smaller. */
const SMALLEST_MP3 = bytesOf(0xff, 0xf3, 0x14, 0xc4, zeros(20));
const MP3_FRAME = bytesOf(MP3_HEADER, zeros(413));
/** A frame of 8 kHz and so many bytes. */
const adts = (length: number) =>
  bytesOf(0xff, 0xf1, 0x6c, 0x40 + (length >> 11), (length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc);
const ADTS_SECONDS = 1024 / 8000;
const MPEG: HostileRecording[] = [
  repeated("ID3 tag to the end", [id3(SIZE - 10)], ["TXXX", u32(12), u16(0), 0, "a", 0, "b".repeat(9)]),
  repeated("ID3 tag past the end", [id3(2 ** 28 - 1)], [0]),
  repeated("ID3 tags of no bytes", [], [id3(0)]),
  repeated("ID3 tags of a window each", [], [id3(256 * 1024), zeros(256 * 1024)]),
  repeated(
    "MP3 of ID3 tags between frames",
    [MP3_FRAME, MP3_FRAME, MP3_FRAME],
    [MP3_FRAME, MP3_FRAME, MP3_FRAME, id3(0)],
    units(417) * MP3_SECONDS,
  ),
  repeated("MP3 of the smallest frames", [], [SMALLEST_MP3], SIZE / 1000),
  repeated("MP3 of Info headers", [], [MP3_HEADER, zeros(17), "Info", zeros(392)], units(417) * MP3_SECONDS),
  repeated("MP3 of near sync codes", [], [0xff, 0xfb]),
  repeated("MP3 of near sync codes after frames", Array(4).fill(MP3_FRAME), [0xff, 0xfb], 4 * MP3_SECONDS),
  repeated("MP3 of headers everywhere", Array(4).fill(MP3_FRAME), [MP3_HEADER], 5 * MP3_SECONDS),
  repeated(
    "MP3 of pairs of frames",
    Array(4).fill(MP3_FRAME),
    [SMALLEST_MP3, SMALLEST_MP3, 0, 0],
    SIZE / 1000,
  ),
  repeated(
    "MP3 of headers of the smallest frames",
    Array(4).fill(SMALLEST_MP3),
    [0xff, 0xf3, 0x14, 0xc4],
    SIZE / 1000,
  ),
  repeated("MP3 of junk without a sync code", Array(4).fill(MP3_FRAME), [0], 5 * MP3_SECONDS),
  repeated("ADTS of frames of seven bytes", [], [adts(7)]),
  repeated("ADTS of silent frames", [], [adts(11), SILENT_AAC], units(11) * ADTS_SECONDS),
  repeated(
    "ADTS of headers of longer frames",
    Array(4).fill(adts(7)),
    [adts(14)],
    (SIZE / 14) * ADTS_SECONDS,
  ),
  repeated("ADTS of near sync codes", Array(4).fill(adts(7)), [0xff, 0xf1]),
];

// AIFF, ASF and WavPack
const AIFF = ["FORM", u32(SIZE - 8), "AIFF"];
const guid = (first: number) => bytesOf(u32(first), zeros(12));
const object = (first: number, ...content: Part[]) => {
  const payload = bytesOf(...content);
  return bytesOf(guid(first), u64le(24 + payload.length), payload);
};
const ASF_HEADER = bytesOf(u32(0x3026b275), u32(0x8e66cf11), zeros(22));
const fileProperties = (packetBytes: number) =>
  object(0xa1dcab8c, zeros(64), u32le(0), u32le(packetBytes), u32le(packetBytes), u32le(0));
const asfStream = (blockBytes: number) =>
  object(
    0x9107dcb7,
    guid(0x409e69f8),
    zeros(24),
    u32le(28),
    u32le(0),
    u16le(1),
    u32(0),
    u16le(0x161),
    u16le(1),
    u32le(8000),
    u32le(1000),
    u16le(blockBytes),
    u16le(16),
    u16le(10),
    zeros(10),
  );
const asfData = (packetBytes: number, blockBytes: number) => [
  ASF_HEADER,
  fileProperties(packetBytes),
  asfStream(blockBytes),
  guid(0x3626b275),
  u64(0),
  zeros(26),
];
const wavpackBlock = (samples: number, ...content: Part[]) => {
  const payload = bytesOf(...content);
  return bytesOf(
    "wvpk",
    u32le(24 + payload.length),
    u16le(0x410),
    u16(0),
    u32le(MAX_U32),
    u32(0),
    u32le(samples),
    u32le(0x804),
    u32(0),
    payload,
  );
};
const OTHERS: HostileRecording[] = [
  repeated("AIFF of comments", AIFF, ["COMT", u32(2), u16(0)]),
  repeated("AIFF of empty chunks", AIFF, ["JUNK", u32(0)]),
  repeated("AIFF of empty sounds", AIFF, ["SSND", u32(10), zeros(10)]),
  repeated(
    "AIFF of 2^16000 samples a second",
    [...AIFF, "COMM", u32(18), u16(1), u32(MAX_U32), u16(8), Array(10).fill(0x7f), "SSND", u32(0), u64(0)],
    [0],
  ),
  repeated("ASF of empty objects", [ASF_HEADER], [object(1)]),
  repeated("ASF of properties", [ASF_HEADER], [fileProperties(1)]),
  repeated("ASF of packets of one byte", asfData(1, 1), [0]),
  repeated("ASF of packets of eight bytes", asfData(8, 1), [0x10, 0x01, 0x5d, 0, 0, 0, 0, 0]),
  repeated(
    "ASF of payloads of one byte",
    asfData(2048, 1),
    [0x01, 0x00, zeros(6), 0x40 + 63, ...Array(63).fill([1, 1, 0]), zeros(2048 - 9 - 189)],
    SIZE / 500,
  ),
  repeated(
    "ASF of payloads put together",
    asfData(2048, 1),
    [0x00, 0x01, zeros(6), 1, 1, 0, Array(2037).fill([0]).flat()],
    SIZE / 500,
  ),
  repeated("WavPack of empty blocks", [], [wavpackBlock(0)]),
  repeated("WavPack of empty sub-blocks", [], [wavpackBlock(1, zeros(1024 * 1024 - 32))]),
  repeated(
    "WavPack of claims without entropy",
    [],
    [wavpackBlock(131_072, [0x45, 1, 0, 0], [0x4a, 1, 0, 0])],
  ),
];

export const HOSTILE_RECORDINGS: readonly HostileRecording[] = [
  ...[...WAV, ...MP4, ...WEBM, ...OGG, ...FLAC_FILES, ...MPEG, ...OTHERS],
  repeated("20 MiB of zeros", [], [0]),
  repeated("20 MiB of ones", [], [0xff]),
  repeated("20 MiB of text", [], ["Lorem ipsum dolor sit amet, consetetur sadipscing elitr. "]),
  { name: "20 MiB of random bytes", atMostSeconds: 0, make: random },
];
