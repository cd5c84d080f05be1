// Recordings that neither ffmpeg nor sox can write: DSD and Monkey's Audio, of silence.
import { writeFile } from "node:fs/promises";
import { noiseInput } from "../recording-fixtures/ffmpeg.ts";
import { type RecordingKind, runFfmpeg } from "./recording-kind.ts";

const DSD_RATE_HZ = 2_822_400;
/** The pattern of DSD silence. */
const DSD_SILENCE = 0x69;

const ascii = (text: string): Buffer => Buffer.from(text, "latin1");
const u16be = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);

function u32be(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).reverse();
const u16le = (value: number): Buffer => swapped(u16be(value));
const u32le = (value: number): Buffer => swapped(u32be(value));
const u64be = (value: number): Buffer =>
  Buffer.concat([u32be(Math.floor(value / 2 ** 32)), u32be(value % 2 ** 32)]);
const u64le = (value: number): Buffer => swapped(u64be(value));

/** Sony, "DSF File Format Specification" 1.01. */
const DSF_BLOCK_BYTES = 4096;

function dsf(channels: number, seconds: number): Buffer {
  const samples = Math.round(seconds * DSD_RATE_HZ);
  const blocks = Math.ceil(samples / 8 / DSF_BLOCK_BYTES);
  const data = Buffer.alloc(blocks * DSF_BLOCK_BYTES * channels, DSD_SILENCE);
  const format = Buffer.concat([
    ...[ascii("fmt "), u64le(52), u32le(1), u32le(0), u32le(channels), u32le(channels), u32le(DSD_RATE_HZ)],
    ...[u32le(1), u64le(samples), u32le(DSF_BLOCK_BYTES), u32le(0)],
  ]);
  const dataHeader = Buffer.concat([ascii("data"), u64le(data.length + 12)]);
  const fileBytes = 28 + format.length + dataHeader.length + data.length;
  const header = Buffer.concat([ascii("DSD "), u64le(28), u64le(fileBytes), u64le(0)]);
  return Buffer.concat([header, format, dataHeader, data]);
}

/** Philips, "Direct Stream Digital Interchange File Format" 1.5. */
function dsdiff(channels: number, seconds: number): Buffer {
  const chunk = (id: string, ...content: Buffer[]): Buffer => {
    const bytes = Buffer.concat(content);
    return Buffer.concat([ascii(id), u64be(bytes.length), bytes, Buffer.alloc(bytes.length % 2)]);
  };
  const channelIds = ["SLFT", "SRGT"].slice(0, channels).map(ascii);
  const properties = chunk(
    "PROP",
    ascii("SND "),
    chunk("FS  ", u32be(DSD_RATE_HZ)),
    chunk("CHNL", u16be(channels), ...channelIds),
    // The name has a padding byte of its own.
    chunk("CMPR", ascii("DSD "), Buffer.from([14]), ascii("not compressed\0")),
  );
  const data = chunk("DSD ", Buffer.alloc(Math.round((seconds * DSD_RATE_HZ) / 8) * channels, DSD_SILENCE));
  return chunk("FRM8", ascii("DSD "), chunk("FVER", u32be(0x01050000)), properties, data);
}

/**
 * Monkey's Audio 3.99 as its SDK writes it (MACLib.h). A frame that is marked as silent needs no samples: here it has
 * zeros of the size that noise takes, because so few bytes as silence needs are not believed.
 */
const APE = { version: 3990, descriptorBytes: 52, headerBytes: 24, blocksPerFrame: 73_728, rateHz: 44_100 };
const APE_HAS_FRAME_FLAGS = 0x80000000;
const APE_BOTH_CHANNELS_SILENT = 3;
const APE_FRAME_BYTES = 128 * 1024;

function monkeysAudio(seconds: number): Buffer {
  const blocks = Math.round(seconds * APE.rateHz);
  const frames = Math.ceil(blocks / APE.blocksPerFrame);
  const frame = Buffer.alloc(APE_FRAME_BYTES);
  frame.writeUInt32LE(APE_HAS_FRAME_FLAGS, 0);
  frame.writeUInt32LE(APE_BOTH_CHANNELS_SILENT, 4);
  const framesAt = APE.descriptorBytes + APE.headerBytes + frames * 4;
  const seekTable = Array.from({ length: frames }, (_, index) => u32le(framesAt + index * frame.length));
  return Buffer.concat([
    ...[ascii("MAC "), u16le(APE.version), u16le(0), u32le(APE.descriptorBytes), u32le(APE.headerBytes)],
    ...[u32le(frames * 4), u32le(0), u32le(frames * frame.length), u32le(0), u32le(0), Buffer.alloc(16)],
    // Compression level, then the flag that no WAVE header is stored.
    ...[u16le(2000), u16le(32), u32le(APE.blocksPerFrame), u32le(blocks - (frames - 1) * APE.blocksPerFrame)],
    ...[u32le(frames), u16le(16), u16le(2), u32le(APE.rateHz)],
    ...seekTable,
    ...Array.from({ length: frames }, () => frame),
  ]);
}

/** AIFF-C around a codec's stream by ffmpeg, which reads such files and does not write them. */
function aiffC(
  compressionType: string,
  options: { sampleRateHz: number; samples: number; stream: Buffer },
): Buffer {
  const { sampleRateHz, samples, stream } = options;
  const chunk = (id: string, ...content: Buffer[]): Buffer => {
    const bytes = Buffer.concat(content);
    return Buffer.concat([ascii(id), u32be(bytes.length), bytes, Buffer.alloc(bytes.length % 2)]);
  };
  // An 80-bit float: the exponent's bias, then the rate as the mantissa's upper half.
  const exponent = Math.floor(Math.log2(sampleRateHz));
  const rate = Buffer.concat([u16be(16383 + exponent), u32be(sampleRateHz * 2 ** (31 - exponent)), u32be(0)]);
  const common = chunk("COMM", u16be(1), u32be(samples), u16be(16), rate, ascii(compressionType), u16be(0));
  const sound = chunk("SSND", u32be(0), u32be(0), stream);
  return chunk("FORM", ascii("AIFC"), chunk("FVER", u32be(0xa2805140)), common, sound);
}

const aiffCKind = (
  codec: string,
  options: { sampleRateHz: number; format: string; compressionType: string },
): RecordingKind => ({
  name: `AIFF-C: ${codec}`,
  extension: "aifc",
  make: async (seconds, file) => {
    const { sampleRateHz, format, compressionType } = options;
    const output = ["-ar", `${sampleRateHz}`, "-f", format, "pipe:1"];
    const stream = await runFfmpeg([...noiseInput(seconds), ...output]);
    const samples = Math.round(seconds * sampleRateHz);
    await writeFile(file, aiffC(compressionType, { sampleRateHz, samples, stream }));
  },
});

const handMade = (name: string, extension: string, bytes: (seconds: number) => Buffer): RecordingKind => ({
  name,
  extension,
  make: (seconds, file) => writeFile(file, bytes(seconds)),
});

export const HAND_MADE_KINDS: readonly RecordingKind[] = [
  handMade("DSF: mono", "dsf", (seconds) => dsf(1, seconds)),
  handMade("DSF: stereo", "dsf", (seconds) => dsf(2, seconds)),
  handMade("DSDIFF: mono", "dff", (seconds) => dsdiff(1, seconds)),
  handMade("DSDIFF: stereo", "dff", (seconds) => dsdiff(2, seconds)),
  handMade("Monkey's Audio: stereo", "ape", monkeysAudio),
  aiffCKind("G.722", { sampleRateHz: 16_000, format: "g722", compressionType: "G722" }),
  aiffCKind("GSM 6.10", { sampleRateHz: 8000, format: "gsm", compressionType: "GSM " }),
];
