// Hostile FLAC recordings.
import { FLAC_CRC_16 } from "../../../src/probe/codecs/flac-frame.ts";
import { bytesOf, type HostileRecording, repeated, SIZE, u16, u24, units, zeros } from "./parts.ts";

/** The header of a frame of 65,535 samples (8000 a second, 8 bits, one channel), with its CRC-8. */
export function flacHeader(): Uint8Array {
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
export const FLAC_FILES: HostileRecording[] = [
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
