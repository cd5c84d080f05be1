// Hostile FLAC recordings.
import { bytesOf, u16, u24, zeros } from "./bytes.ts";
import { crc8, crc16 } from "./flac-crc.ts";
import { type HostileRecording, repeated, SIZE, units } from "./parts.ts";

/** The header of a frame of 65,535 samples of 8 bits at 8 kHz mono, with its CRC-8. */
export function flacHeader(): Uint8Array {
  const header = bytesOf(0xff, 0xf8, 0x74, 0x02, 0, u16(65_534));
  return bytesOf(header, crc8(header));
}
/** A complete frame whose samples are all equal. */
function flacFrame(): Uint8Array {
  const frame = bytesOf(flacHeader(), 0, 0);
  return bytesOf(frame, u16(crc16(frame)));
}
const STREAMINFO = bytesOf(u24(34), zeros(10), 0x01, 0xf4, 0, 0x70, zeros(20));
const FLAC = ["fLaC", 0x80, STREAMINFO];
export const FLAC_FILES: HostileRecording[] = [
  repeated("FLAC of empty metadata", ["fLaC", 0, STREAMINFO], [1, u24(0)]),
  repeated("FLAC of STREAMINFO", ["fLaC"], [0, STREAMINFO]),
  repeated("FLAC of endless comments", ["fLaC", 0, STREAMINFO], [4, u24(0xffffff), zeros(0xffffff)]),
  // A CRC-16 matches by chance once in 65,536 bytes.
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
