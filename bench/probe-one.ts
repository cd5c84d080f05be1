// Inspects one recording in a process of its own and prints what that cost: measure-probe.ts starts it. What it is
// told: the way ("ours" or a library), then whether the recording is hostile, then its name.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ByteSource, UnreadableAudio } from "../src/probe/reader.ts";
import { HOSTILE_RECORDINGS } from "../test/probe/hostile-recordings.ts";
import { type Kind, makeRecording } from "./recordings.ts";

export interface Cost {
  verdict: string;
  /** 0 when it isn't accepted. */
  seconds: number;
  cpuMs: number;
  /** What is held at any moment, garbage collected; for a library the growth below. */
  peakMiB: number;
  /** How much the process grew, garbage and all. */
  grownMiB: number;
}

type Bytes = Uint8Array<ArrayBuffer>;
type Way = (bytes: Bytes, onRead: () => void) => Promise<number>;

const WAYS: Record<string, () => Promise<Way>> = {
  ours: async () => {
    const { inspect } = await import("../src/probe/probe.ts");
    return async (bytes, onRead) => {
      const found = await inspect(sourceOf(bytes, onRead));
      if (found.kind === "unreadable") throw new UnreadableAudio(found.reason);
      return found.durationSeconds;
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

const [way = "", kind = "", name = ""] = process.argv.slice(2);
const inspectOne = await WAYS[way]?.();
const bytes =
  kind === "hostile"
    ? HOSTILE_RECORDINGS.find((one) => one.name === name)?.make()
    : makeRecording(name as Kind);
if (!inspectOne || !bytes) throw new Error(`There is no ${way} or no ${name}`);

// Loads what is loaded once.
const fixture = new Uint8Array(readFileSync(join(import.meta.dirname, "../test/fixtures/speech.webm")));
await inspectOne(fixture, () => undefined);

global.gc?.();
const rssBefore = process.resourceUsage().maxRSS;
const cpuBefore = process.cpuUsage();
const { verdict, seconds } = await verdictOf(() => undefined);
const { user, system } = process.cpuUsage(cpuBefore);
const grownMiB = (process.resourceUsage().maxRSS - rssBefore) / 1024;
const peakMiB = way === "ours" ? await peakInUse() : grownMiB;
console.log(
  JSON.stringify({ verdict, seconds, cpuMs: (user + system) / 1000, peakMiB, grownMiB } satisfies Cost),
);

async function verdictOf(onRead: () => void): Promise<{ verdict: string; seconds: number }> {
  if (!inspectOne || !bytes) throw new Error("unreachable");
  try {
    const found = await inspectOne(bytes, onRead);
    return { verdict: `${found.toFixed(1)} s`, seconds: found };
  } catch (error) {
    if (way === "ours" && !(error instanceof UnreadableAudio)) throw error;
    return { verdict: error instanceof UnreadableAudio ? error.message : "refused", seconds: 0 };
  }
}

/** A second inspection, all garbage collected at every read: what is left then is what the inspection holds. */
async function peakInUse(): Promise<number> {
  const inUse = () => {
    global.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 2 ** 20;
  };
  // What the first inspection left is let go of in the next turn only.
  inUse();
  await new Promise((resolve) => setImmediate(resolve));
  const before = inUse();
  let peak = before;
  await verdictOf(() => {
    peak = Math.max(peak, inUse());
  });
  return peak - before;
}
