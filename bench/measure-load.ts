// Requests per second, CPU and latency under load, as ratios to bare Workers, over groups of new processes.
import { type RunningWorker, start } from "../dev/workerd.ts";
import {
  bareHeadersScript,
  bareRowScript,
  bareScript,
  newGenerations,
  seed,
  serviceScript,
  sessionHeaders,
} from "./fixtures.ts";
import { load, median, quantile, type Slice } from "./load.ts";
import { atLeast, atMost, type Measurement, type Row, type Target } from "./report.ts";
import { type Reference, type Scenario, SHAPES, scenarios } from "./scenarios.ts";

/** To each process before its first turn, whole and in ranges: V8 compiles the service's code again and again meanwhile. */
const WARM_UP_REQUESTS = 4_000;
/** Each needs a generation of its own. The first thousand take a tenth more CPU, as long as V8 compiles their code. */
const WARM_UP_FIRST_PLAYS = 1_920;

/**
 * The sides of a turn. "Bare again" is a second process of the same reference, "headers" one that responds with the
 * headers of the service.
 */
type Side = "service" | "bare" | "bareAgain" | "headers";
type Turn = Partial<Record<Side, Slice>>;
/** The turns of a scenario, by group of processes. */
type Groups = Turn[][];

/**
 * By reference and side, a script and the path of its plays. First plays have processes of their own: each needs a new
 * object, and storing it may slow down what follows in a process.
 */
const SCRIPTS: Record<Reference, Partial<Record<Side, [script: string, path: string]>>> = {
  bare: {
    service: [serviceScript, "/api/audio/"],
    bare: [bareScript, "/"],
    bareAgain: [bareScript, "/"],
    headers: [bareHeadersScript, "/"],
  },
  bareRow: { service: [serviceScript, "/api/audio/"], bare: [bareRowScript, "/"] },
};

/** The processes of a group with one reference, by side. */
type Processes = Partial<Record<Side, RunningWorker>>;

/** Compares the service with the bare Workers turn by turn, in the scenarios whose name contains `filter`. */
export async function measureLoad(filter = ""): Promise<Measurement> {
  const chosen = scenarios.filter(({ name }) => name.includes(filter));
  const taken = new Map<string, Groups>(chosen.map(({ name }) => [name, []]));
  const groups = Math.max(...chosen.map((scenario) => scenario.groups));
  for (let group = 0; group < groups; group += 1) {
    const measured = chosen.filter((scenario) => scenario.groups > group);
    const processes = await startProcesses(new Set(measured.map(({ reference }) => reference)));
    try {
      // V8 compiles in the first scenarios what the last ones run: each is first as often as last.
      for (const scenario of group % 2 === 0 ? measured : measured.toReversed()) {
        console.log(`Group ${group + 1} of ${groups}: ${scenario.name} …`);
        taken.get(scenario.name)?.push(await takeTurns(scenario, processes[scenario.reference]));
      }
    } finally {
      const workers = Object.values(processes).flatMap((sides) => Object.values(sides));
      await Promise.all(workers.map((worker) => worker.stop()));
    }
  }
  return { rows: [...taken].map(([name, turns]) => toRow(name, turns)), targets: toTargets(taken) };
}

/** A random order: of four equal Workers, the last to start and to take its turn took 5 % less CPU for 1 MiB than the first. */
const shuffled = <T>(values: T[]): T[] =>
  values
    .map((value) => ({ value, rank: Math.random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ value }) => value);

async function startProcesses(references: Set<Reference>): Promise<Record<Reference, Processes>> {
  const processes: Record<Reference, Processes> = { bare: {}, bareRow: {} };
  const scripts = [...references].flatMap((reference) =>
    Object.entries(SCRIPTS[reference]).map(([side, script]) => ({ reference, side: side as Side, script })),
  );
  for (const { reference, side, script } of shuffled(scripts)) {
    processes[reference][side] = await startWarm(...script);
  }
  const { service } = processes.bareRow;
  if (service) {
    const ids = await newGenerations([service], "64-KiB", WARM_UP_FIRST_PLAYS);
    const requests = ids.map((id) => ({ path: `/api/audio/${id}`, headers: sessionHeaders }));
    await load(service, requests, requests.length, 200);
  }
  return processes;
}

async function startWarm(script: string, path: string): Promise<RunningWorker> {
  const worker = await start(script);
  await seed([worker]);
  for (const { range, status } of SHAPES) {
    const headers = { ...sessionHeaders, ...range };
    await load(worker, [{ path: `${path}64-KiB`, headers }], WARM_UP_REQUESTS, status);
  }
  return worker;
}

async function takeTurns(
  { amount, turns, status, prepare, requests }: Scenario,
  processes: Processes,
): Promise<Turn[]> {
  const { service, bare } = processes;
  if (!(service && bare)) throw new Error("the processes of the reference were not started");
  await prepare?.(service);
  const taken: Turn[] = [];
  for (let turn = 0; turn <= turns; turn += 1) {
    const specs = await requests(service, bare);
    const slices: Turn = {};
    for (const [side, worker] of shuffled(Object.entries(processes))) {
      slices[side as Side] = await load(
        worker,
        worker === service ? specs.service : specs.bare,
        amount,
        status,
      );
    }
    if (turn > 0) taken.push(slices);
  }
  return taken;
}

const slicesOf = (turns: Turn[], side: Side): Slice[] => turns.flatMap((turn) => turn[side] ?? []);

const requestsPerSecond = (turns: Turn[], side: Side) =>
  median(slicesOf(turns, side).map(({ requests, seconds }) => requests / seconds));

/** The kernel counts CPU time in steps of 10 ms: the sum, not the median of the slices. */
const cpuMs = (turns: Turn[], side: Side) => {
  const slices = slicesOf(turns, side);
  const sum = (of: (slice: Slice) => number) => slices.reduce((total, slice) => total + of(slice), 0);
  return (sum(({ cpuSeconds }) => cpuSeconds) * 1000) / sum(({ requests }) => requests);
};

const latencyMs = (turns: Turn[], side: Side, q: number) =>
  quantile(
    slicesOf(turns, side).flatMap((slice) => slice.latenciesMs),
    q,
  );
const p99Ms = (turns: Turn[], side: Side) => latencyMs(turns, side, 0.99);

type Figure = (turns: Turn[], side: Side) => number;

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The processes of the bare Worker: one fluctuates more than the mean of two. */
const REFERENCES: Side[] = ["bare", "bareAgain"];

/** Of each group, `figure` of `side` divided by the mean of `references`. Empty when `side` was not measured. */
const ratios = (
  groups: Groups,
  figure: Figure,
  side: Side = "service",
  references: Side[] = REFERENCES,
): number[] =>
  groups
    .map((turns) => {
      const measured = references.map((reference) => figure(turns, reference)).filter(Number.isFinite);
      return figure(turns, side) / mean(measured);
    })
    .filter(Number.isFinite);

/** The median over the groups and, in brackets, the least and the greatest. */
function spread(values: number[]): string {
  if (values.length === 0) return "";
  const [middle, least, greatest] = [0.5, 0, 1].map((q) => quantile(values, q).toFixed(2));
  return `${middle} [${least}–${greatest}]`;
}

export const LOAD_HEAD = [
  "what",
  "requests/s ÷ bare",
  "CPU ÷ bare",
  "p99 ÷ bare",
  "requests/s of bare again",
  "requests/s of bare with our headers",
  "CPU of bare with our headers",
  "requests/s",
  "bare",
  "CPU ms",
  "bare",
  "p50/p99 ms",
  "bare",
];

function toRow(name: string, groups: Groups): Row {
  const all = groups.flat();
  const percentiles = (side: Side) => [0.5, 0.99].map((q) => latencyMs(all, side, q).toFixed(0)).join("/");
  return [
    name,
    ...[requestsPerSecond, cpuMs, p99Ms].map((figure) => spread(ratios(groups, figure))),
    spread(ratios(groups, requestsPerSecond, "bareAgain", ["bare"])),
    ...[requestsPerSecond, cpuMs].map((figure) => spread(ratios(groups, figure, "headers"))),
    ...[requestsPerSecond(all, "service").toFixed(0), requestsPerSecond(all, "bare").toFixed(0)],
    ...[cpuMs(all, "service").toFixed(2), cpuMs(all, "bare").toFixed(2)],
    ...[percentiles("service"), percentiles("bare")],
  ];
}

function toTargets(groups: Map<string, Groups>): Target[] {
  const ratio = (name: string, figure: Figure) => median(ratios(groups.get(name) ?? [], figure));
  const cpuOf = (name: string) => ratio(name, cpuMs);
  const warm = [
    ["1-MiB whole", 0.95],
    ["64-KiB whole", 0.9],
    ["64-KiB ranged", 0.92],
  ] as const;
  return [
    ...warm.flatMap(([play, rate]) => [
      atLeast(`warm ${play}, requests/s`, rate, ratio(`generation, warm, ${play}`, requestsPerSecond)),
      atMost(`warm ${play}, p99`, 1.25, ratio(`generation, warm, ${play}`, p99Ms)),
    ]),
    atMost("warm 64-KiB ranged, CPU per request", 1.25, cpuOf("generation, warm, 64-KiB ranged")),
    ...SHAPES.flatMap(({ shape }) => {
      const name = `generation, first play, 64-KiB ${shape}`;
      return [
        atLeast(`first play 64-KiB ${shape}, requests/s`, 0.9, ratio(name, requestsPerSecond)),
        atMost(`first play 64-KiB ${shape}, CPU per request`, 1.15, cpuOf(name)),
      ];
    }),
    atMost(
      "verifying a link, CPU ÷ verifying a session token",
      1,
      cpuOf("generation, verifying a link, 64-KiB ranged") /
        cpuOf("generation, verifying a session token, 64-KiB ranged"),
    ),
    ...SHAPES.map(({ shape }) =>
      atLeast(
        `system voice hit, 64-KiB ${shape}, requests/s`,
        1,
        ratio(`system voice, hit, 64-KiB ${shape}`, requestsPerSecond),
      ),
    ),
  ];
}
