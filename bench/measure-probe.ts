// What an inspection costs where a recording was made to be dear, each in a new process; beside it, what the same
// recordings cost two libraries that read all there is.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { HOSTILE_RECORDINGS } from "../test/probe/hostile-recordings.ts";
import type { Cost } from "./probe-one.ts";
import { RECORDING_KINDS } from "./recordings.ts";
import { atMost, type Measurement, type Row } from "./report.ts";

const CHILD = join(import.meta.dirname, "probe-one.ts");
/** Little room for garbage that isn't collected yet; on the heap, far more than an inspection may take. */
const NODE_ARGS = ["--expose-gc", "--max-semi-space-size=1", "--max-old-space-size=512"];
const WALL_MS = 10_000;
/** For the second inspection of ours, which is slow. */
const AROUND_MS = 5000;
const WORST_SHOWN = 10;

const MAX_CPU_MS = 1000;
const MAX_MIB = 32;
/** More than this that isn't there is a lie believed. */
const LIE_SECONDS = 600;

interface Measured {
  name: string;
  atMostSeconds: number;
  /** Null when time or memory ran out. */
  cost: Cost | null;
}

type Subject = readonly ["hostile" | "honest", string];

export async function measureInspection(): Promise<Measurement> {
  const hostile = await costsOf("ours", "hostile");
  const honest = await costsOf("ours", "honest");
  const unfinished = hostile.filter(({ cost }) => !cost).map(({ name }) => name);
  if (unfinished.length > 0) throw new Error(`Inspections that didn't end: ${unfinished.join(", ")}`);
  const byCpu = hostile.toSorted((a, b) => (b.cost?.cpuMs ?? 0) - (a.cost?.cpuMs ?? 0));
  const cpu = Math.max(...hostile.map(({ cost }) => cost?.cpuMs ?? Number.POSITIVE_INFINITY));
  const peak = Math.max(...hostile.map(({ cost }) => cost?.peakMiB ?? Number.POSITIVE_INFINITY));
  return {
    rows: [
      ...[...byCpu.slice(0, WORST_SHOWN), ...honest].map(({ name, cost }) => rowOf(name, cost)),
      summaryOf("this service", hostile),
      summaryOf("music-metadata", await costsOf("music-metadata", "hostile")),
      summaryOf("mediabunny", await costsOf("mediabunny", "hostile")),
    ],
    targets: [
      atMost(`the worst of ${hostile.length} hostile recordings, CPU seconds`, MAX_CPU_MS / 1000, cpu / 1000),
      atMost(`the worst of ${hostile.length} hostile recordings, peak MiB`, MAX_MIB, peak),
    ],
  };
}

const rowOf = (name: string, cost: Cost | null): Row =>
  cost
    ? [name, cost.verdict, cost.cpuMs.toFixed(0), cost.peakMiB.toFixed(1), cost.grownMiB.toFixed(0)]
    : [name, "didn't end", "", "", ""];

/** How a parser fares with all of them: a row of the same five columns. */
function summaryOf(parser: string, costs: Measured[]): Row {
  const known = costs.flatMap(({ cost }) => cost ?? []);
  const count = (test: (cost: Cost) => boolean) => known.filter(test).length;
  const believed = costs.filter(
    ({ cost, atMostSeconds }) => cost && cost.seconds >= atMostSeconds + LIE_SECONDS,
  );
  return [
    `${parser}, all ${costs.length}`,
    `${costs.length - known.length} exhaust ${WALL_MS / 1000} s or 512 MiB; ${believed.length} believed by ${LIE_SECONDS} s or more`,
    `${count(({ cpuMs }) => cpuMs > MAX_CPU_MS)} more than ${MAX_CPU_MS}`,
    "",
    `${count(({ grownMiB }) => grownMiB > MAX_MIB)} more than ${MAX_MIB}`,
  ];
}

async function costsOf(way: string, kind: Subject[0]) {
  console.log(`Inspections of ${kind} recordings by ${way} …`);
  const subjects =
    kind === "hostile"
      ? HOSTILE_RECORDINGS
      : RECORDING_KINDS.map((name) => ({ name: name as string, atMostSeconds: Number.POSITIVE_INFINITY }));
  const costs: Measured[] = [];
  // A library's are only counted: two at once do.
  const atOnce = way === "ours" ? 1 : 2;
  for (let first = 0; first < subjects.length; first += atOnce) {
    const some = subjects.slice(first, first + atOnce);
    const measured = some.map(async ({ name, atMostSeconds }) => {
      return { name, atMostSeconds, cost: await costOf(way, [kind, name]) };
    });
    costs.push(...(await Promise.all(measured)));
  }
  return costs;
}

/** Null when time or memory ran out. */
async function costOf(way: string, subject: Subject): Promise<Cost | null> {
  const timeout = way === "ours" ? WALL_MS + AROUND_MS : WALL_MS;
  try {
    const args = [...NODE_ARGS, CHILD, way, ...subject];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout, killSignal: "SIGKILL" });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Cost;
  } catch (error) {
    const { killed, signal, stderr } = error as { killed?: boolean; signal?: string; stderr?: string };
    if (killed || signal || stderr?.includes("out of memory")) return null;
    throw error;
  }
}
