// Hostile WAVE recordings.
import { MAX_U32, u16le, u32le } from "./bytes.ts";
import { type HostileRecording, repeated, SIZE } from "./parts.ts";

const RIFF = ["RIFF", u32le(SIZE - 8), "WAVE"];
/** 8-bit mono PCM at 8 kHz. */
const FMT = ["fmt ", u32le(16), u16le(1), u16le(1), u32le(8000), u32le(8000), u16le(1), u16le(8)];
export const WAV: HostileRecording[] = [
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
