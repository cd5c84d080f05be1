// Builds MPEG-4 files box by box.
import { bytesOf, u16, u32 } from "../../../bench/hostile-recordings/bytes.ts";

export const zeros = (length: number) => new Uint8Array(length);
export const box = (type: string, ...content: Uint8Array[]) => {
  const payload = bytesOf(...content);
  return bytesOf(u32(8 + payload.length), type, payload);
};
export const table = (type: string, entries: number, ...content: Uint8Array[]) =>
  box(type, u32(0), u32(entries), ...content);

/** AAC of one channel; `config` is its AudioSpecificConfig: by default LC of 16 kHz, 64 ms a frame. */
export const aac = ({ config = bytesOf(0x14, 0x08), objectType = 0x40 } = {}) => {
  const specific = bytesOf(5, config.length, config);
  const decoder = bytesOf(4, 13 + specific.length, objectType, zeros(12), specific);
  return entryOf("mp4a", box("esds", u32(0), bytesOf(3, 3 + decoder.length, 0, 0, 0, decoder)));
};
export const entryOf = (type: string, ...boxes: Uint8Array[]) => sound(type, { rate: 16000 }, ...boxes);
export const sound = (type: string, { channels = 1, bits = 16, rate = 8000 }, ...boxes: Uint8Array[]) =>
  box(type, zeros(6), u16(1), zeros(8), u16(channels), u16(bits), u32(0), u16(rate), u16(0), ...boxes);

export interface Track {
  id?: number;
  entry?: Uint8Array;
  handler?: string;
  timescale?: number;
  tables?: Uint8Array[];
  edits?: Uint8Array;
}
export const trak = ({
  id = 1,
  entry = aac(),
  handler = "soun",
  timescale = 16000,
  tables = [],
  edits = zeros(0),
}: Track = {}) =>
  box(
    "trak",
    box("tkhd", zeros(12), u32(id), zeros(68)),
    edits,
    box(
      "mdia",
      box("mdhd", zeros(12), u32(timescale), zeros(8)),
      box("hdlr", zeros(8), bytesOf(handler), zeros(13)),
      box("minf", box("stbl", table("stsd", 1, entry), ...tables)),
    ),
  );
export const moov = (...boxes: Uint8Array[]) =>
  box("moov", box("mvhd", zeros(12), u32(1000), zeros(84)), ...boxes);
export const FTYP = box("ftyp", bytesOf("M4A "), u32(0));
export const stts = (samples: number, ticks: number) => table("stts", 1, u32(samples), u32(ticks));
export const stsz = (alike: number, samples: number, ...sizes: number[]) =>
  box("stsz", u32(0), u32(alike), u32(samples), ...sizes.map(u32));
export const mdat = (length: number) => box("mdat", zeros(length));
export const movie = (track: Track, media = mdat(1000)) => bytesOf(FTYP, moov(trak(track)), media);
/** Ten frames of 100 bytes, 0.64 s. */
export const TEN = [stts(10, 1024), stsz(100, 10)];

const TREX = box("mvex", box("trex", u32(0), u32(1), u32(1), u32(1024), u32(100), u32(0)));
export const moof = (...runs: Uint8Array[]) => box("moof", box("traf", box("tfhd", u32(0), u32(1)), ...runs));
export const fragmented = (...boxes: Uint8Array[]) => bytesOf(fragmentedIndex(), ...boxes);

export const stsc = (samplesPerChunk: number) => table("stsc", 1, u32(1), u32(samplesPerChunk), u32(1));
export const stco = (...offsets: number[]) => table("stco", offsets.length, ...offsets.map(u32));

export const opus = (channels = 1) =>
  sound("Opus", { rate: 48_000 }, box("dOps", bytesOf(0, channels, zeros(9))));
/** Of 20 ms, in `length` bytes. */
export const opusPacket = (length = 3) => bytesOf(31 * 8, zeros(length - 1));
export const opusPackets = (count: number, length?: number) =>
  Array.from({ length: count }, () => opusPacket(length));

/** The tables of `packets` that lie one after the other from `offset` on, and that each claim `ticks`. */
export const packetTables = (packets: Uint8Array[], offset: number, ticks = 960) => [
  stts(packets.length, ticks),
  stsz(0, packets.length, ...packets.map(({ length }) => length)),
  stsc(packets.length),
  stco(offset),
];
/** A movie of one track whose samples are `packets`, with the index at the end. */
export const packetMovie = ({
  packets,
  ticks,
  ...track
}: Track & { packets: Uint8Array[]; ticks?: number }) => {
  const tables = packetTables(packets, FTYP.length + 8, ticks);
  return bytesOf(FTYP, box("mdat", ...packets), moov(trak({ timescale: 48_000, ...track, tables })));
};

interface Claims {
  ticks?: number;
  lastTicks?: number;
  trackId?: number;
}
/** A fragment of `packets` that claim `ticks` each, the last one `lastTicks`. */
export const packetFragment = (packets: Uint8Array[], claims: Claims = {}) => {
  const { ticks = 960, lastTicks = ticks, trackId = 1 } = claims;
  const samples = new DataView(new ArrayBuffer(packets.length * 8));
  for (const [index, { length }] of packets.entries()) {
    samples.setUint32(index * 8, index === packets.length - 1 ? lastTicks : ticks);
    samples.setUint32(index * 8 + 4, length);
  }
  const run = new Uint8Array(samples.buffer);
  const header = box("tfhd", u32(0x20000), u32(trackId));
  const traf = (dataOffset: number) =>
    box("traf", header, box("trun", u32(0x301), u32(packets.length), u32(dataOffset), run));
  return bytesOf(box("moof", traf(8 + traf(0).length + 8)), box("mdat", bytesOf(...packets)));
};
/** The index of a recording in fragments. */
export const fragmentedIndex = (track: Track = {}) => bytesOf(FTYP, moov(trak(track), TREX));
