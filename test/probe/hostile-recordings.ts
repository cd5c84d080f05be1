// Recordings of just under 20 MiB made to cost an inspection much, or to claim what isn't there: one at least for each
// loop of each walker. Nothing here is read from disk or depends on the test runner: the benchmark uses them, too.

import { FLAC_FILES } from "./hostile/flac.ts";
import { MP4 } from "./hostile/mpeg-4.ts";
import { MPEG } from "./hostile/mpeg-audio.ts";
import { OGG } from "./hostile/ogg.ts";
import { OTHERS } from "./hostile/others.ts";
import { type HostileRecording, repeated, SIZE } from "./hostile/parts.ts";
import { WAV } from "./hostile/wave.ts";
import { WEBM } from "./hostile/webm.ts";

export type { HostileRecording };

function random(): Uint8Array<ArrayBuffer> {
  let state = 0x2545f491;
  return Uint8Array.from({ length: SIZE }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

export const HOSTILE_RECORDINGS: readonly HostileRecording[] = [
  ...[...WAV, ...MP4, ...WEBM, ...OGG, ...FLAC_FILES, ...MPEG, ...OTHERS],
  repeated("20 MiB of zeros", [], [0]),
  repeated("20 MiB of ones", [], [0xff]),
  repeated("20 MiB of text", [], ["Lorem ipsum dolor sit amet, consetetur sadipscing elitr. "]),
  { name: "20 MiB of random bytes", atMostSeconds: 0, make: random },
];
