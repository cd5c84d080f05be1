// Measures what probing hostile recordings costs, each in a new process, and what the same recordings cost two libraries
// that read everything.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { HOSTILE_CLAIMS } from "./hostile-recordings/claims.ts";
import { HOSTILE_RECORDINGS } from "./hostile-recordings/hostile-recordings.ts";
import type { Cost } from "./probe-one.ts";
import { RECORDING_KINDS } from "./recordings.ts";
import { atMost, type Measurement, type Row } from "./report.ts";

const CHILD = join(import.meta.dirname, "probe-one.ts");
/** A small young generation, and a heap larger than a probe may take. */
const NODE_ARGS = ["--expose-gc", "--max-semi-space-size=1", "--max-old-space-size=512"];
const WALL_MS = 10_000;
/** The time limit of the second run, which is slow. */
const SECOND_RUN_MS = 5000;
const WORST_SHOWN = 10;

const MAX_CPU_MS = 1000;
const MAX_MIB = 32;
/** A parser is deceived when it credits a recording with so much more than it holds. */
const DECEIVED_SECONDS = 600;

interface Measured {
  name: string;
  maxSeconds: number;
  /** Null when time or memory ran out. */
  cost: Cost | null;
}

type Subject = readonly ["hostile" | "valid", string];

export async function measureProbe(): Promise<Measurement> {
  const hostile = await costsOf("ours", "hostile");
  const valid = await costsOf("ours", "valid");
  const unfinished = hostile.filter(({ cost }) => !cost).map(({ name }) => name);
  if (unfinished.length > 0) throw new Error(`Probes that did not end: ${unfinished.join(", ")}`);
  const byCpu = hostile.toSorted((a, b) => (b.cost?.cpuMs ?? 0) - (a.cost?.cpuMs ?? 0));
  const claims = await costsOf("claims", "hostile");
  return {
    rows: [
      ...[...byCpu.slice(0, WORST_SHOWN), ...valid].map(({ name, cost }) => rowOf(name, cost)),
      summaryOf("this service", hostile),
      summaryOf("claims of the analysis Worker", claims),
      summaryOf("music-metadata", await costsOf("music-metadata", "hostile")),
      summaryOf("mediabunny", await costsOf("mediabunny", "hostile")),
    ],
    targets: [
      ...targetsOf(`${hostile.length} hostile recordings`, hostile),
      ...targetsOf(`${claims.length} claims`, claims),
    ],
  };
}

/** A recording whose time or memory ran out misses both. */
function targetsOf(recordings: string, costs: Measured[]) {
  const worst = (of: (cost: Cost) => number) =>
    Math.max(...costs.map(({ cost }) => (cost ? of(cost) : Number.POSITIVE_INFINITY)));
  return [
    atMost(
      `the worst of ${recordings}, CPU seconds`,
      MAX_CPU_MS / 1000,
      worst(({ cpuMs }) => cpuMs / 1000),
    ),
    atMost(
      `the worst of ${recordings}, peak MiB`,
      MAX_MIB,
      worst(({ peakMiB }) => peakMiB),
    ),
  ];
}

const rowOf = (name: string, cost: Cost | null): Row =>
  cost
    ? [name, cost.result, cost.cpuMs.toFixed(0), cost.peakMiB.toFixed(1), cost.grownMiB.toFixed(0)]
    : [name, "did not end", "", "", ""];

/** The row that sums up all recordings for one parser. */
function summaryOf(parser: string, costs: Measured[]): Row {
  const known = costs.flatMap(({ cost }) => cost ?? []);
  const count = (test: (cost: Cost) => boolean) => known.filter(test).length;
  const deceived = costs.filter(
    ({ cost, maxSeconds }) => cost && cost.seconds >= maxSeconds + DECEIVED_SECONDS,
  );
  return [
    `${parser}, all ${costs.length}`,
    `${costs.length - known.length} exhaust ${WALL_MS / 1000} s or 512 MiB; ${deceived.length} deceived by ${DECEIVED_SECONDS} s or more`,
    `${count(({ cpuMs }) => cpuMs > MAX_CPU_MS)} more than ${MAX_CPU_MS}`,
    "",
    `${count(({ grownMiB }) => grownMiB > MAX_MIB)} more than ${MAX_MIB}`,
  ];
}

async function costsOf(parser: string, kind: Subject[0]) {
  console.log(`Probing ${kind} recordings with ${parser} …`);
  const subjects =
    kind === "hostile"
      ? [...HOSTILE_RECORDINGS, ...(parser === "claims" ? HOSTILE_CLAIMS : [])]
      : RECORDING_KINDS.map((name) => ({ name: name as string, maxSeconds: Number.POSITIVE_INFINITY }));
  const costs: Measured[] = [];
  // Only limits are counted for a library, so two processes may run at a time.
  const concurrency = isBounded(parser) ? 1 : 2;
  for (let first = 0; first < subjects.length; first += concurrency) {
    const some = subjects.slice(first, first + concurrency);
    const measured = some.map(async ({ name, maxSeconds }) => {
      return { name, maxSeconds, cost: await costOf(parser, [kind, name]) };
    });
    costs.push(...(await Promise.all(measured)));
  }
  return costs;
}

/** Whether the parser ends by its own budget, so that it is measured twice. */
const isBounded = (parser: string) => parser === "ours" || parser === "claims";

/** Null when time or memory ran out. */
async function costOf(parser: string, subject: Subject): Promise<Cost | null> {
  const timeout = isBounded(parser) ? WALL_MS + SECOND_RUN_MS : WALL_MS;
  try {
    const args = [...NODE_ARGS, CHILD, parser, ...subject];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout, killSignal: "SIGKILL" });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Cost;
  } catch (error) {
    const { killed, signal, stderr } = error as { killed?: boolean; signal?: string; stderr?: string };
    if (killed || signal || stderr?.includes("out of memory")) return null;
    throw error;
  }
}
