// Hostile MPEG-4 recordings whose samples the probe reads, because each states how long it lasts.
import { bytesOf, MAX_U32, type Part, u16, u32, zeros } from "./bytes.ts";
import { box, FTYP, HDLR, MVHD, TKHD } from "./mpeg-4.ts";
import { filled, type HostileRecording, repeated, SIZE, units } from "./parts.ts";
import { OPUS_PACKET, OPUS_SECONDS } from "./webm.ts";

const MDHD = box("mdhd", zeros(12), u32(48_000), zeros(8));
const entry = (type: string, ...boxes: Part[]) =>
  box(type, zeros(6), u16(1), zeros(8), u16(1), u16(16), u32(0), u16(48_000), u16(0), ...boxes);
const OPUS = entry("Opus", box("dOps", 0, 1, zeros(9)));
const EAC3 = entry("ec-3", box("dec3", zeros(5)));
const AMR = entry("samr", box("damr", zeros(8), 1));
const MP3 = entry(".mp3");
const table = (type: string, entries: number, ...content: Part[]) =>
  box(type, u32(0), u32(entries), ...content);
const track = (description: Part, ...tables: Part[]) => {
  const stbl = box("stbl", table("stsd", 1, description), ...tables);
  return box("trak", TKHD, box("mdia", MDHD, HDLR, box("minf", stbl)));
};
const index = (description: Part, tables: Part[], ...more: Part[]) =>
  bytesOf(FTYP, box("moov", MVHD, track(description, ...tables), ...more));
const stsc = (samplesPerChunk: number) => table("stsc", 1, u32(1), u32(samplesPerChunk), u32(1));
/** One sample in the first chunk, and as many as the recording has bytes in each of the others. */
const ONE_THEN_ALL = table("stsc", 2, u32(1), u32(1), u32(1), u32(2), u32(SIZE - 64), u32(1));
const alike = (bytes: number, samples = MAX_U32) => box("stsz", u32(0), u32(bytes), u32(samples));

/** All samples in one chunk behind the index. */
const oneChunk = (name: string, description: Part, sizes: Part, unit: Part[], maxSeconds = 0) => {
  const tables = (offset: number) => [sizes, stsc(MAX_U32), table("stco", 1, u32(offset))];
  const { length } = index(description, tables(0));
  return repeated(
    `MPEG-4 of ${name}`,
    [index(description, tables(length + 8)), u32(0), "mdat"],
    unit,
    maxSeconds,
  );
};
/** A table that fills the recording up to its last eight bytes of media. */
const longTable = (name: string, sizes: (bytes: number) => Part[], unit: Part[], maxSeconds: number) => ({
  name: `MPEG-4 of ${name}`,
  maxSeconds,
  make: () => {
    const media = box("mdat", OPUS_PACKET, OPUS_PACKET, zeros(6));
    const head = bytesOf(...sizes(0), u32(0));
    const bytes = SIZE - head.length - media.length;
    return filled(sizes(bytes), unit, [media]);
  },
});
/** Everything before a table of 32-bit entries, in boxes that extend to the end; `bytes` of entries follow. */
const openIndex = (before: Part[], type: string, header: Part[]) => (bytes: number) => {
  const toEnd = (container: string) => bytesOf(u32(SIZE), container);
  const description = table("stsd", 1, OPUS);
  return [
    ...[
      FTYP,
      toEnd("moov"),
      MVHD,
      toEnd("trak"),
      TKHD,
      toEnd("mdia"),
      MDHD,
      HDLR,
      toEnd("minf"),
      toEnd("stbl"),
    ],
    ...[description, ...before, u32(8 + bytesOf(...header).length + bytes), type, ...header],
  ];
};

/** Whose samples have `bytes` unless a fragment states another size. */
const trex = (bytes: number) =>
  box("mvex", box("trex", u32(0), u32(1), u32(1), u32(5760), u32(bytes), u32(0)));
const FRAGMENTED = index(OPUS, [], trex(1));
const EMPTY_FRAGMENTED = index(OPUS, [], trex(0));
const fragment = (dataOffset: number, samples: number, ...media: Part[]) =>
  bytesOf(
    box(
      "moof",
      box("traf", box("tfhd", u32(0x20000), u32(1)), box("trun", u32(1), u32(samples), u32(dataOffset))),
    ),
    box("mdat", ...media),
  );
/** A fragment that claims 2^32 - 1 samples of the default size. */
const emptyRun = (dataOffset: number) =>
  box(
    "moof",
    box("traf", box("tfhd", u32(0x20000), u32(1)), box("trun", u32(1), u32(MAX_U32), u32(dataOffset >>> 0))),
  );
/** From the start of a fragment to its media. */
const MEDIA_AT = fragment(0, 1).length;
/** Its frame of eight bytes holds one block of 256 samples at 32 kHz. */
const EAC3_FRAME = [0x0b, 0x77, 0, 3, 0x80, 0x80, 0, 0];
const MP3_FRAME = bytesOf(0xff, 0xf3, 0x14, 0xc4, zeros(20));
const FAR = SIZE - 1024 * 1024;

export const MP4_PACKETS: HostileRecording[] = [
  oneChunk("Opus packets of one byte", OPUS, alike(1), [OPUS_PACKET], SIZE * OPUS_SECONDS),
  oneChunk("Opus packets of nine bytes", OPUS, alike(9), [OPUS_PACKET, zeros(8)], units(9) * OPUS_SECONDS),
  oneChunk("Opus packets of 2^32 - 1 bytes", OPUS, alike(MAX_U32), [OPUS_PACKET]),
  oneChunk("one sample of E-AC-3 frames", EAC3, alike(SIZE - 1024), EAC3_FRAME, units(8) * (256 / 32_000)),
  oneChunk("samples of one E-AC-3 frame", EAC3, alike(8), EAC3_FRAME, units(8) * (256 / 32_000)),
  oneChunk("one sample of AMR frames without data", AMR, alike(SIZE - 1024), [0x7c], SIZE * 0.02),
  oneChunk("samples of one AMR frame without data", AMR, alike(1), [0x7c], SIZE * 0.02),
  oneChunk("one sample of the smallest MP3 frames", MP3, alike(SIZE - 1024), [MP3_FRAME], SIZE / 1000),
  oneChunk("samples of headers of longer MP3 frames", MP3, alike(4), [0xff, 0xfb, 0x90, 0xc4]),
  longTable(
    "chunks far apart in turn",
    openIndex([alike(1), stsc(1)], "stco", [u32(0), u32(MAX_U32)]),
    [u32(64), u32(FAR)],
    2 * OPUS_SECONDS,
  ),
  longTable(
    "chunks of many samples each at one place",
    openIndex([alike(1), stsc(MAX_U32)], "stco", [u32(0), u32(MAX_U32)]),
    [u32(SIZE - 8)],
    8 * OPUS_SECONDS,
  ),
  longTable(
    "empty chunks",
    openIndex([alike(1), stsc(0)], "stco", [u32(0), u32(MAX_U32)]),
    [u32(SIZE - 8)],
    0,
  ),
  longTable(
    "chunks at the start behind one at the end",
    (bytes) => openIndex([alike(1), ONE_THEN_ALL], "stco", [u32(0), u32(MAX_U32), u32(SIZE - 1)])(bytes),
    [u32(0)],
    OPUS_SECONDS,
  ),
  longTable(
    "sizes of no bytes",
    openIndex([stsc(MAX_U32), table("stco", 1, u32(SIZE - 8))], "stsz", [u32(0), u32(0), u32(MAX_U32)]),
    [u32(0)],
    0,
  ),
  longTable(
    "sizes of one byte",
    openIndex([stsc(MAX_U32), table("stco", 1, u32(SIZE - 8))], "stsz", [u32(0), u32(0), u32(MAX_U32)]),
    [u32(1)],
    8 * OPUS_SECONDS,
  ),
  longTable(
    "runs of one chunk",
    openIndex([alike(1), table("stco", 1, u32(SIZE - 8))], "stsc", [u32(0), u32(MAX_U32)]),
    [u32(1), u32(1), u32(1)],
    OPUS_SECONDS,
  ),
  repeated(
    "MPEG-4 of fragments of one Opus packet",
    [FRAGMENTED],
    [fragment(MEDIA_AT, 1, OPUS_PACKET)],
    units(MEDIA_AT + 1) * OPUS_SECONDS,
  ),
  repeated(
    "MPEG-4 of fragments whose Opus lies far ahead",
    [FRAGMENTED],
    [fragment(2 ** 20, 1, OPUS_PACKET)],
    units(MEDIA_AT) * OPUS_SECONDS,
  ),
  repeated(
    "MPEG-4 of fragments of 2^32 Opus packets",
    [FRAGMENTED],
    [fragment(MEDIA_AT, MAX_U32, OPUS_PACKET)],
    SIZE * OPUS_SECONDS,
  ),
  repeated("MPEG-4 of fragments of 2^32 empty packets", [EMPTY_FRAGMENTED], [emptyRun(0)]),
  repeated("MPEG-4 of fragments of 2^32 packets before the start", [FRAGMENTED], [emptyRun(-(2 ** 31))]),
  repeated(
    "MPEG-4 of audio tracks of unknown codecs far apart",
    [FTYP, u32(SIZE), "moov", MVHD],
    [track(entry("abcd")), box("free", zeros(500_000))],
  ),
  repeated(
    "MPEG-4 of audio tracks of an unknown codec",
    [FTYP, u32(SIZE), "moov", MVHD],
    [track(entry("abcd"))],
  ),
];
