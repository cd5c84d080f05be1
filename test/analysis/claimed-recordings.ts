// Builds recordings of the kinds that nobody counts, whose headers claim what a test asks for.
import {
  bytesOf,
  type Part,
  u16,
  u16le,
  u32,
  u32le,
  u64,
  u64le,
  zeros,
} from "../../bench/hostile-recordings/bytes.ts";
import { box, TKHD } from "../../bench/hostile-recordings/mpeg-4.ts";
import { ebml, element, float64, sound, trackEntry, tracks } from "../probe/containers/matroska-parts.ts";

export const AC3_TAG = 0x2000;
const AC3_BYTES_PER_SECOND = 12_000;

/** A WAVE at 48 kHz that claims `seconds` over `bytes` of data. */
export function wave(
  seconds: number,
  bytes: number,
  { tag = AC3_TAG, subFormat = 0, before = zeros(0) } = {},
) {
  const extension = subFormat === 0 ? zeros(0) : bytesOf(zeros(8), u16le(subFormat), zeros(14));
  const format = bytesOf(
    u16le(tag),
    u16le(1),
    u32le(48_000),
    u32le(AC3_BYTES_PER_SECOND),
    u16le(1),
    u16le(0),
  );
  const chunks = bytesOf(
    before,
    ...["fmt ", u32le(format.length + extension.length), format, extension],
    ...["fact", u32le(4), u32le(seconds * 48_000), "data", u32le(bytes), zeros(bytes)],
  );
  return bytesOf("RIFF", u32le(4 + chunks.length), "WAVE", chunks);
}

/** A Monkey's Audio that claims `seconds`; its descriptor states `bytes` of audio, of which `present` are there. */
export function monkeysAudio(seconds: number, bytes: number, { present = bytes, tail = zeros(0) } = {}) {
  const descriptor = bytesOf("MAC ", u32le(3990), u32le(52), u32le(24), zeros(8), u32le(bytes), zeros(24));
  const frames = bytesOf(u32le(44_100), u32le(seconds === 0 ? 0 : 44_100), u32le(seconds));
  const format = bytesOf(u16le(16), u16le(2), u32le(44_100));
  return bytesOf(descriptor, u16le(2000), u16le(0), frames, format, zeros(present), tail);
}

/** Matroska's CodecPrivate of "A_MS/ACM": WAVEFORMATEX of a format tag. */
export const acm = (tag: number) => element(0x63a2, u16le(tag), u16le(1), u32le(48_000), zeros(10));

/** A Matroska with one track and one cluster that claims `seconds`. */
export const matroska = (
  codec: string,
  seconds: number,
  bytes: number,
  { rate = 48_000, more = zeros(0) } = {},
) =>
  bytesOf(
    ebml("matroska"),
    element(
      0x18538067,
      element(0x1549a966, element(0x4489, float64(seconds * 1000))),
      tracks(trackEntry(codec, { more: bytesOf(more, sound({ rate, channels: 2, bits: 24 })) })),
      element(0x1f43b675, zeros(bytes)),
    ),
  );

export const DSD64_HZ = 2_822_400;
const STEREO_DSD64_BYTES_PER_SECOND = (2 * DSD64_HZ) / 8;

/** A stereo DSF that claims `seconds` and holds `present`. */
export const dsf = (seconds: number, present: number) =>
  bytesOf(
    ...["DSD ", u64le(28), u64le(1e9), u64le(0), "fmt ", u64le(52), u32le(1), u32le(0), u32le(2), u32le(2)],
    ...[u32le(DSD64_HZ), u32le(1), u64le(seconds * DSD64_HZ), u32le(4096), u32le(0)],
    zeros(present * STEREO_DSD64_BYTES_PER_SECOND),
  );

const chunk64 = (id: string, ...content: Part[]) => {
  const payload = bytesOf(...content);
  return bytesOf(id, u64(payload.length), payload);
};

/** A stereo DSDIFF that claims `seconds` and holds `present`. */
export function dsdiff(seconds: number, present: number) {
  const properties = chunk64(
    "PROP",
    ...["SND ", chunk64("FS  ", u32(DSD64_HZ)), chunk64("CHNL", u16(2), "SLFTSRGT")],
    chunk64("CMPR", "DSD ", 3, "raw"),
  );
  const claimedBytes = seconds * STEREO_DSD64_BYTES_PER_SECOND;
  return bytesOf(
    ...["FRM8", u64(4 + properties.length + 12 + claimedBytes), "DSD ", properties],
    ...["DSD ", u64(claimedBytes), zeros(present * STEREO_DSD64_BYTES_PER_SECOND)],
  );
}

/** An AIFF-C at 8 kHz that claims `seconds`. `name` is the compression name, a pstring. */
export function aiffC(type: string, seconds: number, bytes: number, name = "\0\0") {
  const rate = bytesOf([0x40, 0x0b, 0xfa], zeros(7));
  const common = bytesOf(u16(1), u32(seconds * 8000), u16(16), rate, type, name);
  return bytesOf(
    ...["FORM", u32(0), "AIFC", "FVER", u32(4), u32(0xa2805140), "COMM", u32(common.length), common],
    ...["SSND", u32(8 + bytes), u64(0), zeros(bytes)],
  );
}

/** A Musepack of stream version 8 at 44.1 kHz. `samples` is its number in seven bits a byte. */
export function musepack(samples: number[], bytes: number) {
  const header = bytesOf("SH", 11 + samples.length, u32(0), 8, samples, 0, 0x1b, 0x10);
  const packetBytes = bytes + 5;
  const size = [packetBytes >> 14, packetBytes >> 7, packetBytes].map(
    (part, index) => (part & 0x7f) | (index < 2 ? 0x80 : 0),
  );
  return bytesOf("MPCK", header, "AP", size, zeros(bytes), "SE", 3);
}

/** A QuickTime movie without "ftyp", whose one track of `codec` claims `seconds`; `bytes` of media precede the index. */
export function quickTime(
  codec: string,
  seconds: number,
  bytes: number,
  { rate = bytesOf(u16(44_100), u16(0)), boxes = zeros(0) } = {},
) {
  const [perSecond, samples] = [44_100, 44_100 * seconds];
  const full = (type: string, ...content: Part[]) => box(type, u32(0), ...content);
  const times = bytesOf(u32(0), u32(0), u32(perSecond), u32(samples));
  const description = box(codec, zeros(6), u16(1), zeros(8), u16(2), u16(16), u32(0), rate, boxes);
  const tables = box(
    "stbl",
    full("stsd", u32(1), description),
    full("stts", u32(1), u32(samples), u32(1)),
    full("stsc", u32(1), u32(1), u32(samples), u32(1)),
    full("stsz", u32(1), u32(samples)),
    full("stco", u32(1), u32(8)),
  );
  const media = box(
    "mdia",
    full("mdhd", times, u32(0)),
    full("hdlr", u32(0), "soun", zeros(13)),
    box("minf", tables),
  );
  const header = full("mvhd", times, u32(0x10000), u16(0x100), zeros(74));
  return bytesOf(box("mdat", zeros(bytes)), box("moov", header, box("trak", TKHD, media)));
}
