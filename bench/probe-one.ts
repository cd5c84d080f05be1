// Probes one recording in a process of its own and prints what that cost; measure-probe.ts starts it. Its arguments:
// the parser ("ours", "claims" as the analysis Worker reads them, or a library), whether the recording is "hostile" or "valid", and the recording's name.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ByteSource } from "../src/probe/reader.ts";
import { UnsupportedAudioError } from "../src/probe/unsupported-audio-error.ts";
import { HOSTILE_CLAIMS } from "./hostile-recordings/claims.ts";
import { HOSTILE_RECORDINGS } from "./hostile-recordings/hostile-recordings.ts";
import { type Kind, makeRecording } from "./recordings.ts";

export interface Cost {
  result: string;
  /** 0 when the recording is refused. */
  seconds: number;
  cpuMs: number;
  /** The most that is in use at any read, after garbage collection; for a library the growth below. */
  peakMiB: number;
  /** How much the process grew, garbage included. */
  grownMiB: number;
}

type Bytes = Uint8Array<ArrayBuffer>;
/** Measures a recording in seconds, and calls `onRead` at every read where it can. */
type Parser = (bytes: Bytes, onRead: () => void) => Promise<number>;

const PARSERS: Record<string, () => Promise<Parser>> = {
  ours: async () => {
    const { probeRecording } = await import("../src/probe/probe.ts");
    return async (bytes, onRead) => {
      const result = await probeRecording(sourceOf(bytes, onRead));
      if (result.kind === "unsupported") throw new UnsupportedAudioError(result.reason);
      return result.durationSeconds;
    };
  },
  claims: async () => {
    const { claimRecording } = await import("../analysis/src/claim.ts");
    return async (bytes, onRead) => {
      const result = await claimRecording(sourceOf(bytes, onRead));
      if (result.kind === "unsupported") throw new UnsupportedAudioError(result.reason);
      return result.durationSeconds;
    };
  },
  "music-metadata": async () => {
    const { parseBuffer } = await import("music-metadata");
    return async (bytes) => (await parseBuffer(bytes, undefined, { duration: true })).format.duration ?? 0;
  },
  mediabunny: async () => {
    const { ALL_FORMATS, BufferSource, Input } = await import("mediabunny");
    return async (bytes) => {
      using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
      return await input.computeDuration();
    };
  },
};

function sourceOf(bytes: Bytes, onRead: () => void): ByteSource {
  return {
    size: bytes.length,
    read: async (offset, length) => {
      const part = bytes.slice(offset, offset + length);
      onRead();
      return part;
    },
  };
}

const [parserName = "", kind = "", name = ""] = process.argv.slice(2);
const parse = await PARSERS[parserName]?.();
const bytes =
  kind === "hostile"
    ? [...HOSTILE_RECORDINGS, ...HOSTILE_CLAIMS].find((one) => one.name === name)?.make()
    : makeRecording(name as Kind);
if (!parse || !bytes) throw new Error(`unknown parser ${parserName} or recording ${name}`);

// Loads and compiles what is needed once.
const fixture = new Uint8Array(readFileSync(join(import.meta.dirname, "../test/fixtures/speech.webm")));
await parse(fixture, () => undefined).catch(() => undefined);
/** A library gets the whole recording at once: there is no read at which to look. */
const isBounded = parserName === "ours" || parserName === "claims";

global.gc?.();
const rssBefore = process.resourceUsage().maxRSS;
const cpuBefore = process.cpuUsage();
const { result, seconds } = await resultOf(() => undefined);
const { user, system } = process.cpuUsage(cpuBefore);
const grownMiB = (process.resourceUsage().maxRSS - rssBefore) / 1024;
const peakMiB = isBounded ? await peakInUse() : grownMiB;
console.log(
  JSON.stringify({ result, seconds, cpuMs: (user + system) / 1000, peakMiB, grownMiB } satisfies Cost),
);

async function resultOf(onRead: () => void): Promise<{ result: string; seconds: number }> {
  if (!parse || !bytes) throw new Error("unreachable");
  try {
    const found = await parse(bytes, onRead);
    return { result: `${found.toFixed(1)} s`, seconds: found };
  } catch (error) {
    if (isBounded && !(error instanceof UnsupportedAudioError)) throw error;
    return { result: error instanceof UnsupportedAudioError ? error.message : "refused", seconds: 0 };
  }
}

/** Probes again with a garbage collection at every read, which leaves what the probe itself holds. */
async function peakInUse(): Promise<number> {
  const inUse = () => {
    global.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 2 ** 20;
  };
  // The memory of the first run is released in the next turn of the event loop only.
  inUse();
  await new Promise((resolve) => setImmediate(resolve));
  const before = inUse();
  let peak = before;
  await resultOf(() => {
    peak = Math.max(peak, inUse());
  });
  return peak - before;
}
