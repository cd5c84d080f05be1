// ASF files built object by object.
import { describe, expect, it } from "vitest";
import { bytesOf, u16le, u32le, u64le } from "../../../bench/hostile-recordings/bytes.ts";
import { durationOf, probeBytes } from "../memory-source.ts";

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
  number = 1,
  channels = 1,
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
    u16le(channels),
    u32le(rate),
    u32le(average),
    u16le(block),
    u16le(16),
    u16le(10),
    extra,
  );
  const correction = bytesOf(span, zeros(7));
  const head = [media, zeros(16), zeros(8), u32le(wave.length), u32le(8), u16le(number), u32le(0)];
  return object(STREAM_PROPERTIES, ...head, wave, correction);
};
/** A packet with one payload of stream `number`: as much of `content` as fits. */
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

describe("ASF", () => {
  it("an ASF block holds one frame, of which the first only overlaps the second", async () => {
    const bytes = asfOf([fileOf(), stream()], packet(zeros(600)), packet(zeros(500)));
    expect(await probeBytes(bytes)).toMatchObject({ ...ASF, durationSeconds: (10 * 512) / 16000 });
  });

  it.each([
    ["mono", 1],
    ["stereo", 2],
  ])(
    "an ASF file of silence in %s lasts as long as its frames, and one of other frames no longer than its bytes at 4 kbit/s",
    async (_, channels) => {
      const secondsOf = (first: number, { block = 1, flags = 0 } = {}) =>
        durationOf(
          asfOf(
            [fileOf(), stream({ channels, block, flags })],
            packet(bytesOf(...new Array(900).fill(bytesOf(first, zeros(block - 1))))),
          ),
        );
      expect(await secondsOf(0)).toBeCloseTo((899 * 512) / 16000, 9);
      // One byte is too little for any other frame, and four are believed at 4 kbit/s or more.
      expect(await secondsOf(1)).toBe("the recording contains no decodable audio");
      expect(await secondsOf(1, { block: 4 })).toBeCloseTo(963 / 500, 1);
      // A block that starts with the sizes of its parts does not show whether it is silent.
      expect(await secondsOf(0, { block: 4, flags: 4 })).toBeCloseTo(963 / 500, 1);
    },
  );

  it("an ASF file with a bit reservoir has the frames that its blocks state", async () => {
    const blocks = (frames: number) => bytesOf(frames, zeros(99), frames, zeros(99));
    const bytes = asfOf([fileOf(), stream({ flags: 2 })], packet(blocks(3)), packet(blocks(2)));
    expect(await probeBytes(bytes)).toMatchObject({
      durationSeconds: ((3 - 1 + 3 + 2 + 2 - 1) * 512) / 16000,
    });
  });

  describe("of several streams", () => {
    const good = stream({ number: 2, channels: 2 });
    const packets = [packet(zeros(900)), packet(zeros(500), 2), packet(zeros(900), 3)];

    it.each([
      ["an unknown codec", stream({ tag: 0x55 })],
      ["a rate of 1 Hz", stream({ rate: 1 })],
      ["video", stream({ media: VIDEO })],
    ])(
      "is measured by the first audio stream of a supported codec, behind one of %s",
      async (_flaw, first) => {
        const bytes = asfOf([fileOf(), first, good, stream({ number: 3, tag: 0x160 })], ...packets);
        expect(await probeBytes(bytes)).toMatchObject({
          durationSeconds: (4 * 512) / 16000,
          codec: "WMA 2",
          sampleRateHz: 16000,
          channels: 2,
          bitsPerSample: null,
        });
      },
    );

    it.each([
      ["MP3 in ASF", 0x55],
      ["format tag 4660 in ASF", 0x1234],
    ])(
      "is refused as %s when its first audio stream is that and no other is supported",
      async (format, tag) => {
        const streams = [stream({ media: VIDEO }), stream({ tag }), stream({ tag: 0x2000 })];
        expect(await probeBytes(asfOf([fileOf(), ...streams], ...packets))).toEqual({
          kind: "unsupported",
          reason: `the codec is not supported (${format})`,
          format,
        });
      },
    );
  });

  it("an ASF file that another is joined to is the first, as ffmpeg plays it", async () => {
    const first = asfOf([fileOf(), stream()], packet(zeros(600)));
    const second = asfOf([fileOf(), stream({ rate: 8000 })], packet(zeros(900)), packet(zeros(900)));
    expect(await probeBytes(bytesOf(first, second))).toEqual(await probeBytes(first));
  });

  it("the first file properties of an ASF header count", async () => {
    const bytes = asfOf([fileOf(), fileOf({ packetBytes: 500 }), stream()], packet(zeros(600)));
    expect(await probeBytes(bytes)).toMatchObject({ durationSeconds: (5 * 512) / 16000 });
  });

  it("WMA Lossless in ASF states its sample size", async () => {
    const bytes = asfOf([fileOf(), stream({ tag: 0x163 })], packet(zeros(900)));
    expect(await probeBytes(bytes)).toMatchObject({ codec: "WMA Lossless", bitsPerSample: 16 });
  });

  it("an ASF file whose small blocks claim many frames holds what 4 kbit/s allows", async () => {
    const many = new Uint8Array(970).fill(15);
    const bytes = asfOf([fileOf(), stream({ flags: 2, block: 1 })], packet(many));
    expect(await probeBytes(bytes)).toHaveProperty("durationSeconds", expect.closeTo(970 / 500, 1));
  });

  describe.each([0x0a, 0x162, 0x163])("an ASF file whose frames cannot be counted (format tag %i)", (tag) => {
    const content = packet(zeros(900));
    it("is as long as its header claims, where the bytes allow it", async () => {
      const bytes = asfOf([fileOf({ seconds: 3.5, preroll: 3000 }), stream({ tag })], content);
      expect(await probeBytes(bytes)).toMatchObject({ durationSeconds: 0.5 });
    });
    it("is never longer than its bytes allow", async () => {
      const atMost = expect.closeTo(900 / 500, 5);
      expect(await probeBytes(asfOf([fileOf(), stream({ tag })], content))).toMatchObject({
        durationSeconds: atMost,
      });
      expect(await probeBytes(asfOf([fileOf(), stream({ tag, average: 1 })], content))).toMatchObject({
        durationSeconds: atMost,
      });
      const others = asfOf(
        [fileOf(), stream({ tag })],
        content,
        packet(zeros(900), 2),
        packet(zeros(900), 2),
      );
      expect(await probeBytes(others)).toMatchObject({ durationSeconds: atMost });
    });
    it("is as long as its average bit rate implies when a broadcast states no duration", async () => {
      const bytes = asfOf([fileOf({ flags: 1 }), stream({ tag })], content);
      expect(await probeBytes(bytes)).toMatchObject({ durationSeconds: 0.9 });
    });
  });

  it.each([
    ["video only", asfOf([fileOf(), stream({ media: VIDEO })], packet(zeros(900)))],
    ["interleaved blocks and no packets", asfOf([fileOf(), stream({ span: 8 })])],
    ["an unsupported codec", asfOf([fileOf(), stream({ tag: 0x55 })], packet(zeros(900)))],
    ["packets of another stream only", asfOf([fileOf(), stream()], packet(zeros(900), 2))],
    ["a rate of 1 Hz", asfOf([fileOf(), stream({ rate: 1 })], packet(zeros(900)))],
    ["blocks of size 0", asfOf([fileOf(), stream({ block: 0 })], packet(zeros(900)))],
    ["packets of size 0", asfOf([fileOf({ packetBytes: 0 }), stream()], packet(zeros(900)))],
    ["packets of two sizes", asfOf([fileOf({ largestBytes: 2000 }), stream()], packet(zeros(900)))],
    ["packets of a gigabyte", asfOf([fileOf({ packetBytes: 2 ** 30 }), stream()], packet(zeros(900)))],
    ["encryption", asfOf([fileOf(), stream(), object(CONTENT_ENCRYPTION)], packet(zeros(900)))],
    ["objects of size 0", bytesOf(HEADER, zeros(100_000))],
    ["no packets", bytesOf(HEADER, zeros(14), fileOf(), stream())],
    ["truncated stream properties", bytesOf(HEADER, zeros(14), fileOf(), stream().slice(0, 90))],
  ])("an ASF file with %s is unsupported", async (_flaw, bytes) => {
    expect(await probeBytes(bytes)).toMatchObject({ kind: "unsupported" });
  });
});
