import { describe, expect, it } from "vitest";
import {
  bytesOf,
  decodedSeconds,
  inspectBytes,
  record,
  recordPiped,
  u16le,
  u32le,
  u64le,
} from "../recordings.ts";

const ASF = { kind: "audio", container: "ASF", contentType: "audio/x-ms-wma" };

const guid = (hex: string) =>
  new Uint8Array(hex.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? []);
const HEADER = guid("3026b2758e66cf11a6d900aa0062ce6c");
const FILE_PROPERTIES = guid("a1dcab8c47a9cf118ee400c00c205365");
const STREAM_PROPERTIES = guid("9107dcb7b7a9cf118ee600c00c205365");
const CONTENT_ENCRYPTION = guid("fbb3112223bdd211b4b700a0c955fc6e");
const DATA = guid("3626b2758e66cf11a6d900aa0062ce6c");
const AUDIO = guid("409e69f84d5bcf11a8fd00805f5c442b");
const VIDEO = guid("c0ef19bc4d5bcf11a8fd00805f5c442b");

const object = (id: Uint8Array, ...content: Uint8Array[]) => {
  const payload = bytesOf(...content);
  return bytesOf(id, u64le(24 + payload.length), payload);
};
const zeros = (length: number) => new Uint8Array(length);
const fileOf = ({ seconds = 3600, preroll = 0, flags = 2, packetBytes = 1000, largestBytes = 0 } = {}) =>
  object(
    FILE_PROPERTIES,
    ...[zeros(40), u64le(seconds * 1e7), zeros(8), u64le(preroll), u32le(flags), u32le(packetBytes)],
    ...[u32le(largestBytes || packetBytes), u32le(0)],
  );
const stream = ({
  media = AUDIO,
  tag = 0x161,
  rate = 16000,
  average = 1000,
  block = 100,
  flags = 0,
  span = 1,
} = {}) => {
  const extra = bytesOf(u32le(0), u16le(flags), u32le(0));
  const wave = bytesOf(
    u16le(tag),
    u16le(1),
    u32le(rate),
    u32le(average),
    u16le(block),
    u16le(16),
    u16le(10),
    extra,
  );
  const correction = bytesOf(span, zeros(7));
  const head = [media, zeros(16), zeros(8), u32le(wave.length), u32le(8), u16le(1), u32le(0)];
  return object(STREAM_PROPERTIES, ...head, wave, correction);
};
/** One packet with one payload of stream `number` and of `content`, as much of it as fits. */
const packet = (content: Uint8Array, number = 1) => {
  const head = bytesOf(
    0x82,
    0,
    0,
    0x10,
    0x5d,
    u16le(0),
    u32le(0),
    u16le(0),
    number,
    0,
    u32le(0),
    8,
    zeros(8),
  );
  const room = 1000 - head.length;
  const padding = u16le(Math.max(0, room - content.length));
  return bytesOf(
    head.slice(0, 5),
    padding,
    head.slice(7),
    content.slice(0, room),
    zeros(Math.max(0, room - content.length)),
  );
};
const asfOf = (objects: Uint8Array[], ...packets: Uint8Array[]) => {
  const header = bytesOf(HEADER, u64le(0), u32le(0), 1, 2, ...objects);
  const data = bytesOf(...packets);
  return bytesOf(header, DATA, u64le(50 + data.length), zeros(26), data);
};

describe("an ASF recording", () => {
  it.each([
    ["WMA 1", "WMA 1", ["-c:a", "wmav1", "-ac", "2"]],
    ["WMA 1 of 32 kHz", "WMA 1", ["-c:a", "wmav1", "-ar", "32000", "-b:a", "48k"]],
    ["WMA 2", "WMA 2", ["-c:a", "wmav2", "-ac", "2", "-b:a", "192k"]],
    ["WMA 2 of 16 kHz", "WMA 2", ["-c:a", "wmav2", "-ar", "16000", "-b:a", "24k"]],
    ["WMA 2 of 32 kHz", "WMA 2", ["-c:a", "wmav2", "-ar", "32000", "-b:a", "48k"]],
    ["small packets", "WMA 2", ["-packet_size", "800"]],
    ["large packets", "WMA 2", ["-packet_size", "64000"]],
    ["WMA 2 beside a film", "WMA 2", ["-f", "lavfi", "-i", "testsrc=d=7.34:s=64x64:r=10"]],
  ])("of %s is measured as ffmpeg decodes it", async (_kind, codec, args) => {
    const bytes = record("asf", 7.34, ...(args.includes("-c:a") ? args : [...args, "-c:a", "wmav2"]));
    const found = await inspectBytes(bytes);
    expect(found).toMatchObject({ ...ASF, codec });
    expect(found).toHaveProperty("durationSeconds", expect.closeTo(decodedSeconds(bytes), 1));
  });

  it("written to a pipe, with a time that nobody knew, is measured", async () => {
    const bytes = recordPiped(7.34, "-f", "asf", "-c:a", "wmav2");
    expect(await inspectBytes(bytes)).toHaveProperty(
      "durationSeconds",
      expect.closeTo(decodedSeconds(bytes), 1),
    );
  });

  it("of which a part was lost holds what is there", async () => {
    const bytes = record("wma", 7.34, "-c:a", "wmav2");
    const cut = bytes.slice(0, Math.floor(bytes.length * 0.6));
    expect(await inspectBytes(cut)).toHaveProperty("durationSeconds", expect.closeTo(decodedSeconds(cut), 0));
  });

  it("has a frame to a block, and the first only overlaps the second", async () => {
    const bytes = asfOf([fileOf(), stream()], packet(zeros(600)), packet(zeros(500)));
    expect(await inspectBytes(bytes)).toMatchObject({ ...ASF, durationSeconds: (10 * 512) / 16000 });
  });

  it("with a reservoir of bits has the frames that its blocks say", async () => {
    const blocks = (frames: number) => bytesOf(frames, zeros(99), frames, zeros(99));
    const bytes = asfOf([fileOf(), stream({ flags: 2 })], packet(blocks(3)), packet(blocks(2)));
    expect(await inspectBytes(bytes)).toMatchObject({
      durationSeconds: ((3 - 1 + 3 + 2 + 2 - 1) * 512) / 16000,
    });
  });

  it("whose blocks of few bytes are said to hold much has what 4 kbit/s would", async () => {
    const many = new Uint8Array(970).fill(15);
    const bytes = asfOf([fileOf(), stream({ flags: 2, block: 1 })], packet(many));
    expect(await inspectBytes(bytes)).toHaveProperty("durationSeconds", expect.closeTo(970 / 500, 1));
  });

  describe.each([0x0a, 0x162, 0x163])("of a codec whose frames can't be told (%i)", (tag) => {
    const content = packet(zeros(900));
    it("is as long as it says, if the bytes allow it", async () => {
      const bytes = asfOf([fileOf({ seconds: 3.5, preroll: 3000 }), stream({ tag })], content);
      expect(await inspectBytes(bytes)).toMatchObject({ durationSeconds: 0.5 });
    });
    it("is never longer than its bytes allow", async () => {
      const atMost = expect.closeTo(900 / 500, 5);
      expect(await inspectBytes(asfOf([fileOf(), stream({ tag })], content))).toMatchObject({
        durationSeconds: atMost,
      });
      expect(await inspectBytes(asfOf([fileOf(), stream({ tag, average: 1 })], content))).toMatchObject({
        durationSeconds: atMost,
      });
      const others = asfOf(
        [fileOf(), stream({ tag })],
        content,
        packet(zeros(900), 2),
        packet(zeros(900), 2),
      );
      expect(await inspectBytes(others)).toMatchObject({ durationSeconds: atMost });
    });
    it("is as long as its average rate says when a broadcast had no time", async () => {
      const bytes = asfOf([fileOf({ flags: 1 }), stream({ tag })], content);
      expect(await inspectBytes(bytes)).toMatchObject({ durationSeconds: 0.9 });
    });
  });

  it.each([
    ["a film alone", asfOf([fileOf(), stream({ media: VIDEO })], packet(zeros(900)))],
    ["interleaved blocks and no bytes", asfOf([fileOf(), stream({ span: 8 })])],
    ["another codec", asfOf([fileOf(), stream({ tag: 0x55 })], packet(zeros(900)))],
    ["packets of another stream alone", asfOf([fileOf(), stream()], packet(zeros(900), 2))],
    ["one sample a second", asfOf([fileOf(), stream({ rate: 1 })], packet(zeros(900)))],
    ["blocks of no size", asfOf([fileOf(), stream({ block: 0 })], packet(zeros(900)))],
    ["packets of no size", asfOf([fileOf({ packetBytes: 0 }), stream()], packet(zeros(900)))],
    ["packets of two sizes", asfOf([fileOf({ largestBytes: 2000 }), stream()], packet(zeros(900)))],
    ["packets of a gigabyte", asfOf([fileOf({ packetBytes: 2 ** 30 }), stream()], packet(zeros(900)))],
    ["encryption", asfOf([fileOf(), stream(), object(CONTENT_ENCRYPTION)], packet(zeros(900)))],
    ["objects of no size", bytesOf(HEADER, zeros(100_000))],
    ["no packets", bytesOf(HEADER, zeros(14), fileOf(), stream())],
    ["a stream cut off", bytesOf(HEADER, zeros(14), fileOf(), stream().slice(0, 90))],
  ])("with %s is unreadable", async (_flaw, bytes) => {
    expect(await inspectBytes(bytes)).toMatchObject({ kind: "unreadable" });
  });
});
