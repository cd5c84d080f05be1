// An encoding that the probe supports: how ffmpeg makes a recording of it, and what the probe must find. The full tests
// make each one at test time; `npm run fixtures` commits a short one.
import { record, recordPiped } from "./ffmpeg.ts";

export interface Encoding {
  /** What distinguishes it from the others of its container, e.g. "24-bit PCM in six channels". */
  name: string;
  extension: string;
  /** Length of the recording that the full tests make. */
  seconds: number;
  /** Output options of ffmpeg. */
  args: readonly string[];
  /** Written to a pipe: sizes and durations stay unknown. `args` name the format. */
  piped?: boolean;
  /** Truncated to this share of its bytes. */
  keptShare?: number;
  expected: { container: string; contentType: string; codec: string };
  /** The probe's duration must differ by less from what ffmpeg decodes. */
  toleranceSeconds: number;
  /** How the committed recording differs: shorter, or with further output options, to be small. */
  fixture: { seconds: number; args: readonly string[] };
}

const DEFAULT_FIXTURE_SECONDS = 0.3;

/** What the encodings of a container have in common. */
interface Common {
  container: string;
  contentType: string;
  extension: string;
  seconds: number;
  toleranceSeconds: number;
}

interface Variation {
  piped?: boolean;
  keptShare?: number;
  extension?: string;
  seconds?: number;
  toleranceSeconds?: number;
  fixtureSeconds?: number;
  fixtureArgs?: readonly string[];
}

/** Creates a short form to list a container's encodings with. */
export const createEncoder =
  ({ container, contentType, ...common }: Common) =>
  (name: string, codec: string, args: readonly string[], variation: Variation = {}): Encoding => {
    const { fixtureSeconds = DEFAULT_FIXTURE_SECONDS, fixtureArgs = [], ...rest } = variation;
    return {
      name,
      args,
      ...common,
      ...rest,
      expected: { container, contentType, codec },
      fixture: { seconds: fixtureSeconds, args: fixtureArgs },
    };
  };

/** Makes a recording by ffmpeg. */
export function makeRecording(
  { extension, args, piped, keptShare = 1 }: Encoding,
  seconds: number,
  moreArgs: readonly string[] = [],
): Uint8Array<ArrayBuffer> {
  const allArgs = [...args, ...moreArgs];
  const bytes = piped ? recordPiped(seconds, ...allArgs) : record(extension, seconds, ...allArgs);
  return bytes.slice(0, Math.floor(bytes.length * keptShare));
}
