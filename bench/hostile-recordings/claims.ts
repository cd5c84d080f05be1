// Hostile recordings of the kinds whose claims the analysis Worker reads with music-metadata: at least one for each loop
// of each parser that the others do not reach.
import { bytesOf, MAX_U32, type Part, u16, u16le, u24, u32, u32le, u64, u64le, zeros } from "./bytes.ts";
import { filled, type HostileRecording, repeated, SIZE } from "./parts.ts";

/** Below this rate no claim is believed: see analysis/src/claimed-codecs.ts. */
const SPEECH_SECONDS = (SIZE * 8) / 4000;
const LOSSLESS_SECONDS = (SIZE * 8) / 16_000;
const DSD_SECONDS = (SIZE * 8) / 2_822_400;

/** Monkey's Audio: descriptor and header, with `frames` of a year each. */
const monkeysAudio = (frames: number) => [
  "MAC ",
  u32le(3990),
  u32le(52),
  u32le(24),
  zeros(36),
  u16le(2000),
  u16le(0),
  u32le(MAX_U32),
  u32le(1),
  u32le(frames),
  u16le(16),
  u16le(2),
  u32le(44_100),
];
const apeTag = (fields: number) => ["APETAGEX", u32le(2000), u32le(0x7fffffff), u32le(fields), zeros(12)];
const musepack7 = ["MP+", 0x07, u32le(MAX_U32), zeros(16)];
const musepack8 = ["MPCK", "SH", 15, u32(0), 8, 0x8f, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0x10];
const dsf = ["DSD ", u64le(28), u64le(SIZE), u64le(0)];
const dsdiff = ["FRM8", u64(SIZE), "DSD "];
const dsdiffChunk = (id: string, ...content: Part[]) => {
  const payload = bytesOf(...content);
  return bytesOf(id, u64(payload.length), payload);
};
const aiffC = ["FORM", u32(SIZE - 8), "AIFC"];
const ac3 = ["RIFF", u32le(SIZE - 8), "WAVE", "fmt ", u32le(16), u16le(0x2000), u16le(1), u32le(44_100)];
const ac3Format = [...ac3, u32le(12_000), u16le(1), u16le(0)];
/** A DSD block of index 0, whose sub-blocks follow. */
const wavpackDsd = [
  "wvpk",
  u32le(SIZE - 8),
  u16le(0x410),
  u16(0),
  u32le(MAX_U32),
  u32(0),
  u32le(1),
  u32le(0x80000000),
  u32(0),
];
const ilst = [
  "\0\0\0\x10ftypM4A \0\0\0\0",
  u32(SIZE - 16),
  "moov",
  u32(SIZE - 24),
  "udta",
  u32(SIZE - 32),
  "ilst",
];
const trun = ["\0\0\0\x10ftypM4A \0\0\0\0", u32(SIZE - 16), "moof", u32(SIZE - 24), "traf"];

export const HOSTILE_CLAIMS: readonly HostileRecording[] = [
  repeated("Monkey's Audio of a thousand years", monkeysAudio(1000), [0], LOSSLESS_SECONDS),
  repeated(
    "Monkey's Audio of 2^31 tags",
    [...monkeysAudio(1000), ...apeTag(0x7fffffff)],
    [u32le(1), u32le(0), "K\0v"],
    LOSSLESS_SECONDS,
  ),
  repeated(
    "Monkey's Audio with a tag as long as the recording",
    [...monkeysAudio(1000), ...apeTag(1), u32le(SIZE - 200), u32le(0), "Title\0"],
    ["v\0"],
    LOSSLESS_SECONDS,
  ),
  repeated("Musepack 7 of empty frames", musepack7, [0], SPEECH_SECONDS),
  repeated("Musepack 7 of long frames", musepack7, [0xff], SPEECH_SECONDS),
  repeated("Musepack 8 of empty packets", musepack8, ["RG", 3], SPEECH_SECONDS),
  repeated("Musepack 8 of endless sizes", musepack8, ["AP", Array(64).fill(0xff).flat()], SPEECH_SECONDS),
  repeated("DSF of empty chunks", dsf, ["JUNK", u64le(12)], DSD_SECONDS),
  repeated("DSDIFF of empty chunks", dsdiff, [dsdiffChunk("JUNK")], DSD_SECONDS),
  repeated(
    "DSDIFF of properties without end",
    [...dsdiff, "PROP", u64(SIZE), "SND "],
    [dsdiffChunk("ABSS", zeros(8))],
    DSD_SECONDS,
  ),
  repeated(
    "DSDIFF of channels without end",
    [...dsdiff, "PROP", u64(SIZE), "SND ", "CHNL", u64(SIZE), u16(2)],
    ["SLFT"],
    DSD_SECONDS,
  ),
  repeated("AIFF-C of comments", aiffC, ["ANNO", u32(2), "a\0"]),
  repeated("AIFF-C with a comment as long as the recording", [...aiffC, "ANNO", u32(SIZE - 20)], ["a\0"]),
  repeated(
    "WAVE in AC-3 of tags",
    [...ac3Format, "LIST", u32le(SIZE - 60), "INFO"],
    ["INAM", u32le(2), "a\0"],
  ),
  repeated(
    "WAVE in AC-3 of 2^32 samples",
    [...ac3Format, "fact", u32le(4), u32le(MAX_U32), "data", u32le(MAX_U32)],
    [0],
    (SIZE * 8) / 96_000,
  ),
  // After the empty one, the budget of calls ends at a skip that the library does not await.
  repeated("DSD in WavPack of sub-blocks of one byte", [...wavpackDsd, 0, 0], [0x40, 1, 0, 0]),
  repeated("DSD in WavPack of skipped bytes", wavpackDsd, [0x40, 0, 0]),
  {
    name: "DSD in WavPack of a sub-block as long as the recording",
    maxSeconds: 0,
    make: () => filled([...wavpackDsd, 0x8e, u24(0xffff7f)], [0]),
  },
  repeated("MPEG-4 of tags", ilst, [u32(26), "\xa9nam", u32(18), "data", u32(1), u32(0), "ab"]),
  repeated(
    "MPEG-4 with a tag as long as the recording",
    [...ilst, u32(SIZE - 60), "\xa9nam", u32(SIZE - 68), "data", u64(1)],
    ["ab"],
  ),
  repeated("MPEG-4 of runs of bytes", trun, [
    u32(8 + 8 + 100_000),
    "trun",
    0,
    u24(0x200),
    u32(25_000),
    zeros(100_000),
  ]),
];
