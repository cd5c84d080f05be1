// Recordings of just under 20 MiB that are made to be expensive to probe, or to claim audio that is not there: at least
// one for each loop of each container. They need neither files nor the test runner, so that the benchmark can use them.

import { FLAC_FILES } from "./flac.ts";
import { MP4 } from "./mpeg-4.ts";
import { MP4_PACKETS } from "./mpeg-4-packets.ts";
import { MPEG } from "./mpeg-audio.ts";
import { OGG } from "./ogg.ts";
import { OTHERS } from "./others.ts";
import { type HostileRecording, repeated, SIZE } from "./parts.ts";
import { WAV } from "./wave.ts";
import { WEBM } from "./webm.ts";

export type { HostileRecording };

function random(): Uint8Array<ArrayBuffer> {
  let state = 0x2545f491;
  return Uint8Array.from({ length: SIZE }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

export const HOSTILE_RECORDINGS: readonly HostileRecording[] = [
  ...[...WAV, ...MP4, ...MP4_PACKETS, ...WEBM, ...OGG, ...FLAC_FILES, ...MPEG, ...OTHERS],
  repeated("20 MiB of zeros", [], [0]),
  repeated("20 MiB of ones", [], [0xff]),
  repeated("20 MiB of text", [], ["Lorem ipsum dolor sit amet, consetetur sadipscing elitr. "]),
  { name: "20 MiB of random bytes", maxSeconds: 0, make: random },
];
