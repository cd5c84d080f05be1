// MPEG-4 files of every codec, with one claim about time or size changed: none makes the recording longer.
import { describe, expect, it } from "vitest";
import {
  MP4_ENCODINGS,
  PIPED_MP4_ENCODINGS,
  TRUNCATED_MP4_ENCODINGS,
} from "../../../scripts/recording-fixtures/encodings/mp4.ts";
import { readFixture, recordedFixture } from "../fixture-recordings.ts";
import { probeBytes } from "../memory-source.ts";

const CONTAINERS = ["moov", "trak", "mdia", "minf", "stbl", "edts", "mvex", "moof", "traf"];

interface Box {
  type: string;
  /** Of the payload. */
  at: number;
  end: number;
}

function boxesIn(bytes: DataView, start = 0, end = bytes.byteLength): Box[] {
  const boxes: Box[] = [];
  for (let at = start; at + 8 <= end; ) {
    const size = bytes.getUint32(at) || end - at;
    const type = Buffer.from(bytes.buffer, at + 4, 4).toString("latin1");
    boxes.push({ type, at: at + 8, end: Math.min(at + size, end) });
    if (CONTAINERS.includes(type)) boxes.push(...boxesIn(bytes, at + 8, Math.min(at + size, end)));
    at += Math.max(8, size);
  }
  return boxes;
}

/** The same file without its edit lists, which would bound every other claim. */
function withoutEdits(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const free = bytes.slice();
  for (const { at, type } of boxesIn(new DataView(free.buffer))) {
    if (type === "edts") free.set(Buffer.from("free"), at - 4);
  }
  return free;
}
const secondsOf = async (bytes: Uint8Array<ArrayBuffer>) => {
  const result = await probeBytes(bytes);
  return result.kind === "audio" ? result.durationSeconds : 0;
};

/** Offsets of 32-bit fields, from the start of a box's payload. */
type Fields = (view: DataView, box: Box) => number[];
const every = (box: Box, first: number, step: number) =>
  Array.from(
    { length: Math.max(0, Math.floor((box.end - box.at - first) / step)) },
    (_, index) => first + index * step,
  );
/** After the creation and modification times. */
const afterTimes: Fields = (view, { at }) => [view.getUint8(at) === 1 ? 20 : 12];
const runFlags = (view: DataView, { at }: Box) => view.getUint32(at) & 0xffffff;

const CLAIMS: readonly (readonly [name: string, box: string, fields: Fields, isDivisor?: true])[] = [
  ["the durations of the time table", "stts", (_, box) => every(box, 12, 8)],
  ["the media times of the edit list", "elst", (_, box) => every(box, 12, 12)],
  ["the counts of the time table", "stts", (_, box) => every(box, 8, 8)],
  ["the timescale of the track", "mdhd", afterTimes, true],
  ["the timescale of the movie", "mvhd", afterTimes, true],
  ["the durations of the edit list", "elst", (_, box) => every(box, 8, 12)],
  ["the default duration of the track's fragments", "trex", () => [12]],
  [
    "the default duration of a fragment",
    "tfhd",
    (view, box) => {
      const flags = runFlags(view, box);
      return flags & 8 ? [8 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0)] : [];
    },
  ],
  [
    "the durations of the samples of a fragment",
    "trun",
    (view, box) => {
      const flags = runFlags(view, box);
      const step = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length * 4;
      return flags & 0x100 ? every(box, 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0), step) : [];
    },
  ],
];

/** Codecs that no sample states the rate of: there the rate of the sample entry is what a player plays. */
const RATE_IS_STATED_ONCE = /^(PCM|IEEE float|A-law|µ-law|IMA ADPCM|GSM 6\.10)$/;

const ENCODINGS = [...MP4_ENCODINGS, ...PIPED_MP4_ENCODINGS, ...TRUNCATED_MP4_ENCODINGS];
/** What an edit list may have left out at both ends: a codec's delay and its longest frame. */
const UNTRIMMED_SECONDS = 0.25;

describe("an MPEG-4 file", () => {
  it.each(ENCODINGS.map((encoding) => [encoding.name, encoding] as const))(
    "of %s is never longer than its samples, whichever of its claims is changed",
    async (_name, encoding) => {
      const fixture = readFixture(encoding);
      const atMost = recordedFixture(encoding).decodedSeconds + UNTRIMMED_SECONDS;
      let changed = 0;
      for (const [name, type, fieldsOf, isDivisor] of CLAIMS) {
        const changes: ((value: number) => number)[] = isDivisor
          ? [() => 1, () => 0, (value) => Math.ceil(value / 10)]
          : [
              () => 1,
              () => 0,
              (value) => Math.min(value * 10, 2 ** 32 - 1),
              () => 2 ** 31 - 1,
              () => 2 ** 32 - 1,
            ];
        for (const change of changes)
          for (const bytes of [fixture, withoutEdits(fixture)]) {
            const lie = bytes.slice();
            const view = new DataView(lie.buffer);
            for (const box of boxesIn(view).filter((one) => one.type === type)) {
              for (const field of fieldsOf(view, box)) {
                view.setUint32(box.at + field, change(view.getUint32(box.at + field)));
                changed += 1;
              }
            }
            expect(await secondsOf(lie), `${name}: ${change}`).toBeLessThan(atMost);
          }
      }
      expect(changed).toBeGreaterThan(10);
    },
  );

  it.each(
    ENCODINGS.filter(({ expected }) => !RATE_IS_STATED_ONCE.test(expected.codec)).map(
      (encoding) => [encoding.name, encoding] as const,
    ),
  )("of %s is never longer for the rate of its sample entry", async (_name, encoding) => {
    const lie = withoutEdits(readFixture(encoding));
    const atMost = recordedFixture(encoding).decodedSeconds + UNTRIMMED_SECONDS;
    const view = new DataView(lie.buffer);
    const descriptions = boxesIn(view).filter(({ type }) => type === "stsd");
    for (const { at } of descriptions) view.setUint16(at + 8 + 32, 2000);
    expect(descriptions).not.toHaveLength(0);
    expect(await secondsOf(lie)).toBeLessThan(atMost);
  });

  it.each([
    [
      "FLAC",
      "the rate and block sizes of STREAMINFO",
      "dfLa",
      [
        [8, 0x20002000],
        [18, 0x001f4010],
      ],
    ],
    ["ALAC", "the frame size of its configuration", "alac", [[4, 16_384]]],
  ] as const)("of %s is never longer for %s", async (name, _claim, type, fields) => {
    const encoding = ENCODINGS.find((one) => one.name === name);
    if (!encoding) throw new Error(`there is no encoding ${name}`);
    const lie = withoutEdits(readFixture(encoding));
    const view = new DataView(lie.buffer);
    // The configuration box lies within the sample entry, which may have the same type.
    const at = Buffer.from(lie).lastIndexOf(type) + 4;
    for (const [field, value] of fields) view.setUint32(at + field, value);
    expect(await secondsOf(lie)).toBeLessThan(recordedFixture(encoding).decodedSeconds + 0.001);
  });
});
