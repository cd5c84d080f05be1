// Hostile MPEG audio, ADTS and ID3 recordings.

import { bytesOf, u16, u32, zeros } from "./bytes.ts";
import { SILENT_AAC } from "./mpeg-4.ts";
import { type HostileRecording, repeated, SIZE, units } from "./parts.ts";

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
/** The smallest frame: MPEG 2 layer III at 24 kHz and 8 kbit/s. */
const SMALLEST_MP3 = bytesOf(0xff, 0xf3, 0x14, 0xc4, zeros(20));
const MP3_FRAME = bytesOf(MP3_HEADER, zeros(413));
/** The header of a frame of `length` bytes at 8 kHz. */
const adts = (length: number) =>
  bytesOf(0xff, 0xf1, 0x6c, 0x40 + (length >> 11), (length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc);
const ADTS_SECONDS = 1024 / 8000;
export const MPEG: HostileRecording[] = [
  repeated("ID3 tag to the end", [id3(SIZE - 10)], ["TXXX", u32(12), u16(0), 0, "a", 0, "b".repeat(9)]),
  repeated("ID3 tag past the end", [id3(2 ** 28 - 1)], [0]),
  repeated("ID3 tag past the end, of near sync codes", [id3(2 ** 28 - 1)], [0xff, 0xfb]),
  repeated(
    "ID3 tag past the end, of runs of 15 frames",
    [id3(2 ** 28 - 1)],
    [...Array(15).fill(SMALLEST_MP3), 0],
    1,
  ),
  repeated("ID3 tag of no bytes before zeros", [id3(0)], [0]),
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
