// MPEG's own codecs in MPEG-4: the descriptors of an elementary stream (ISO/IEC 14496-1 7.2.6).
import { parseAacConfig } from "../../codecs/aac-config.ts";
import { isSampleRate } from "../../container.ts";
import { UnreadableAudio } from "../../reader.ts";

/** What samples hold: one frame each that lasts between two times, or so many bytes for each second. */
export type Sound =
  | { kind: "frames"; codec: string; leastBytes: number; shortestSeconds: number; longestSeconds: number }
  | { kind: "bytes"; codec: string; leastBytes: number; bytesPerSecond: number };

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
  const config = parseAacConfig(new Uint8Array(view.buffer, start));
  const { objectType, sampleRate, frameSamples, leastFrameBytes } = config;
  if (frameSamples > 0) return frames("AAC", sampleRate, frameSamples, leastFrameBytes);
  // MPEG audio within MPEG-4.
  if (objectType >= 32 && objectType <= 34) return mpegAudio(sampleRate);
  throw new UnreadableAudio(`has a codec not known here (audio object type ${objectType})`);
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
