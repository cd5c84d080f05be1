// Every kind of recording that the differential test compares: the encodings that have a fixture, and more.
import { ENCODINGS } from "../recording-fixtures/catalogue.ts";
import type { Encoding } from "../recording-fixtures/encoding.ts";
import { CONTAINER_KINDS } from "./container-kinds.ts";
import { HAND_MADE_KINDS } from "./hand-made.ts";
import { PCM_KINDS } from "./pcm-kinds.ts";
import { encoding, encodingPiped, keepingShare, type RecordingKind } from "./recording-kind.ts";
import { STREAM_KINDS } from "./stream-kinds.ts";

function kindOf({ expected, name, extension, args, piped, keptShare }: Encoding): RecordingKind {
  const make = piped ? encodingPiped(args) : encoding(args);
  return {
    name: `${expected.container}: ${name}`,
    extension,
    make: keptShare === undefined ? make : keepingShare(make, keptShare),
  };
}

export const RECORDING_KINDS: readonly RecordingKind[] = [
  ...ENCODINGS.map(kindOf),
  ...PCM_KINDS,
  ...STREAM_KINDS,
  ...CONTAINER_KINDS,
  ...HAND_MADE_KINDS,
];
