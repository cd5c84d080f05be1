// How often the samples of an MPEG-4 file are read: bounded, however many there are and wherever they are.
import { describe, expect, it } from "vitest";
import { bytesOf, u32 } from "../../../bench/hostile-recordings/bytes.ts";
import { probeRecording } from "../../../src/probe/probe.ts";
import { memorySource } from "../memory-source.ts";
import {
  box,
  FTYP,
  fragmentedIndex,
  moov,
  opus,
  opusPacket,
  opusPackets,
  packetFragment,
  stco,
  stsc,
  stsz,
  trak,
} from "./mp4-parts.ts";

const OPUS = { entry: opus(), timescale: 48_000 };

describe("reading the samples of an MPEG-4 file", () => {
  const MAX_READS = 200;

  it("takes bounded reads of a million samples with their index at the end", async () => {
    const COUNT = 1_000_000;
    const media = new Uint8Array(COUNT * 15);
    for (let at = 0; at < media.length; at += 15) media[at] = 31 * 8;
    const sizes = new Uint8Array(COUNT * 4);
    for (let at = 3; at < sizes.length; at += 4) sizes[at] = 15;
    const tables = [box("stsz", u32(0), u32(0), u32(COUNT), sizes), stsc(COUNT), stco(FTYP.length + 8)];
    const bytes = bytesOf(FTYP, box("mdat", media), moov(trak({ ...OPUS, tables })));
    const source = memorySource(bytes);
    expect(await probeRecording(source)).toMatchObject({ durationSeconds: expect.closeTo(20_000, 3) });
    expect(source.reads).toBeLessThan(MAX_READS);
  });

  it("takes bounded reads of a recording of 20 MiB whose audio lies between video", async () => {
    const CHUNKS = 1000;
    const start = FTYP.length + 8;
    const media = new Uint8Array(CHUNKS * 20_000);
    const offsets = Array.from({ length: CHUNKS }, (_, chunk) => chunk * 20_000 + 19_990);
    for (const offset of offsets) media.set(bytesOf(opusPacket(), opusPacket()), offset);
    const tables = [stsz(3, CHUNKS * 2), stsc(2), stco(...offsets.map((offset) => start + offset))];
    const bytes = bytesOf(FTYP, box("mdat", media), moov(trak({ ...OPUS, tables })));
    const source = memorySource(bytes);
    expect(await probeRecording(source)).toMatchObject({ durationSeconds: expect.closeTo(40, 9) });
    expect(source.reads).toBeLessThan(MAX_READS);
  });

  it("takes bounded reads of a run of 100,000 samples in one fragment, and of 5000 fragments", async () => {
    const packets = new Array<Uint8Array>(100_000).fill(opusPacket(20));
    const one = memorySource(bytesOf(fragmentedIndex(OPUS), packetFragment(packets)));
    expect(await probeRecording(one)).toMatchObject({ durationSeconds: expect.closeTo(2000, 6) });
    expect(one.reads).toBeLessThan(MAX_READS);
    const fragment = packetFragment(opusPackets(10, 300));
    const many = memorySource(bytesOf(fragmentedIndex(OPUS), ...new Array<Uint8Array>(5000).fill(fragment)));
    expect(await probeRecording(many)).toMatchObject({ durationSeconds: expect.closeTo(1000, 6) });
    expect(many.reads).toBeLessThan(MAX_READS);
  });
});
