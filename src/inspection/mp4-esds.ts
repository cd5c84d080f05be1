// MPEG's own codecs in MPEG-4: the descriptors of an elementary stream (ISO/IEC 14496-1 7.2.6) and AAC's configuration
// (14496-3 1.6.2), which says how long its frames last.
import { isSampleRate } from "./format.ts";
import { UnreadableAudio } from "./reader.ts";

/** What samples hold: one frame each that lasts between two times, or so many bytes for each second. */
export type Sound =
  | { kind: "frames"; codec: string; leastBytes: number; shortestSeconds: number; longestSeconds: number }
  | { kind: "bytes"; codec: string; leastBytes: number; bytesPerSecond: number };

const AAC_RATES: readonly number[] = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
];

/** The codec of an `esds`, whose descriptors start at `start`; `rate` is that of the sample description. */
export function elementaryStream(view: DataView, start: number, rate: number): Sound {
  let at = start;
  const enter = (tag: number) => {
    if (view.getUint8(at) !== tag) throw new UnreadableAudio("has a codec configuration cut off");
    at += 1;
    // The descriptor's length: bytes of seven bits, all but the last marked.
    for (let bytes = 1; bytes < 4 && view.getUint8(at) & 0x80; bytes++) at += 1;
    at += 1;
  };
  enter(3);
  const flags = view.getUint8(at + 2);
  at += 3 + (flags & 0x80 ? 2 : 0) + (flags & 0x20 ? 2 : 0);
  if (flags & 0x40) throw new UnreadableAudio("has its audio elsewhere");
  enter(4);
  const objectType = view.getUint8(at);
  if (objectType === 0x69 || objectType === 0x6b) return mpegAudio(rate);
  if (objectType !== 0x40 && (objectType < 0x66 || objectType > 0x68)) {
    throw new UnreadableAudio(`has a codec not known here (object type ${objectType})`);
  }
  at += 13;
  enter(5);
  return aac(view, at);
}

function aac(view: DataView, start: number): Sound {
  let bit = start * 8;
  const bits = (count: number) => {
    let value = 0;
    for (let read = 0; read < count; read++, bit++) {
      value = value * 2 + ((view.getUint8(bit >> 3) >> (7 - (bit & 7))) & 1);
    }
    return value;
  };
  const objectType = () => {
    const short = bits(5);
    return short === 31 ? 32 + bits(6) : short;
  };
  const sampleRate = () => {
    const index = bits(4);
    return index === 15 ? bits(24) : (AAC_RATES[index] ?? 0);
  };
  let type = objectType();
  // With SBR the core's rate comes first: doubled samples at a doubled rate last as long as the core's.
  const rate = sampleRate();
  bits(4);
  if (type === 5 || type === 29) {
    sampleRate();
    type = objectType();
  }
  const isShort = bits(1) === 1;
  // A silent frame of one channel is four bytes, or two where the elements have no names.
  if ([1, 2, 4, 6, 17, 19, 20].includes(type)) return frames("AAC", rate, isShort ? 960 : 1024, 4);
  if (type === 23 || type === 39) return frames("AAC", rate, isShort ? 480 : 512, 2);
  if (type >= 32 && type <= 34) return mpegAudio(rate);
  throw new UnreadableAudio(`has a codec not known here (audio object type ${type})`);
}

/** Layer III has half the samples at the lower rates, layer II has not. The smallest frame is of 8 kbit/s. */
export function mpegAudio(rate: number): Sound {
  return frames("MP3", rate, 1152, 24, rate < 32000 ? 576 : 1152);
}

/** Frames of so many samples, at most and at least. */
export function frames(
  codec: string,
  rate: number,
  longest: number,
  leastBytes: number,
  shortest = longest,
): Sound {
  if (!isSampleRate(rate) || longest === 0) throw new UnreadableAudio("has an impossible format");
  return {
    kind: "frames",
    codec,
    shortestSeconds: Math.min(shortest, longest) / rate,
    longestSeconds: longest / rate,
    leastBytes,
  };
}
