// Hostile AIFF, ASF and WavPack recordings.
import { bytesOf, MAX_U32, type Part, u16, u16le, u32, u32le, u64, u64le, zeros } from "./bytes.ts";
import { type HostileRecording, repeated, SIZE } from "./parts.ts";

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
export const OTHERS: HostileRecording[] = [
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
