// Requests per second, CPU and latency under load, as ratios to a bare Worker, over pairs of fresh processes.
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
import { type Scenario, SHAPES, scenarios } from "./scenarios.ts";

/** No two processes are equally fast: a ratio is the median over this many pairs of them. */
export const PAIRS = 9;
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
/** The turns of a scenario, by pair. */
type Pairs = Turn[][];

/** Compares the service with the bare Workers turn by turn, in the scenarios whose name contains `filter`. */
export async function measureLoad(filter = ""): Promise<Measurement> {
  const measured = scenarios.filter(({ name }) => name.includes(filter));
  const pairs = new Map<string, Pairs>(measured.map(({ name }) => [name, []]));
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const processes = await startProcesses();
    try {
      // V8 compiles in the first scenarios what the last ones run: each is first as often as last.
      for (const scenario of pair % 2 === 0 ? measured : measured.toReversed()) {
        console.log(`Pair ${pair + 1} of ${PAIRS}: ${scenario.name} …`);
        pairs.get(scenario.name)?.push(await takeTurns(scenario, processes));
      }
    } finally {
      await Promise.all(Object.values(processes).map((worker) => worker.stop()));
    }
  }
  return { rows: [...pairs].map(([name, taken]) => toRow(name, taken)), targets: toTargets(pairs) };
}

/**
 * By process, its script and the path of its plays. First plays have a pair of their own: each needs a new object, and
 * storing it may slow down what follows in a process.
 */
const PROCESSES = {
  service: [serviceScript, "/api/audio/"],
  bare: [bareScript, "/"],
  bareAgain: [bareScript, "/"],
  headers: [bareHeadersScript, "/"],
  firstPlays: [serviceScript, "/api/audio/"],
  bareRow: [bareRowScript, "/"],
} as const;

type Processes = Record<keyof typeof PROCESSES, RunningWorker>;

/** A random order: of four equal Workers, the last to start and to take its turn took 5 % less CPU for 1 MiB than the first. */
const shuffled = <T>(values: T[]): T[] =>
  values
    .map((value) => ({ value, rank: Math.random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ value }) => value);

async function startProcesses(): Promise<Processes> {
  const started: Partial<Processes> = {};
  for (const [name, [script, path]] of shuffled(Object.entries(PROCESSES))) {
    const worker = await start(script);
    started[name as keyof Processes] = worker;
    await seed([worker]);
    for (const { range, status } of SHAPES) {
      const headers = { ...sessionHeaders, ...range };
      await load(worker, [{ path: `${path}64-KiB`, headers }], WARM_UP_REQUESTS, status);
    }
  }
  const processes = started as Processes;
  const { firstPlays } = processes;
  const ids = await newGenerations([firstPlays], "64-KiB", WARM_UP_FIRST_PLAYS);
  const requests = ids.map((id) => ({ path: `/api/audio/${id}`, headers: sessionHeaders }));
  await load(firstPlays, requests, requests.length, 200);
  return processes;
}

async function takeTurns(
  { reference, amount, turns, status, prepare, requests }: Scenario,
  processes: Processes,
): Promise<Turn[]> {
  const { bareAgain, headers } = processes;
  const isFirstPlay = reference === "bareRow";
  const service = isFirstPlay ? processes.firstPlays : processes.service;
  const bare = processes[reference];
  const sides = Object.entries({ service, bare, ...(!isFirstPlay && { bareAgain, headers }) });
  await prepare?.(service);
  const taken: Turn[] = [];
  for (let turn = 0; turn <= turns; turn += 1) {
    const specs = await requests(service, bare);
    const slices: Turn = {};
    for (const [side, worker] of shuffled(sides)) {
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

/** Of each pair, `figure` of `side` divided by that of the bare Worker. Empty when `side` was not measured. */
const ratios = (pairs: Pairs, figure: Figure, side: Side = "service"): number[] =>
  pairs.map((turns) => figure(turns, side) / figure(turns, "bare")).filter(Number.isFinite);

/** The median over the pairs and, in brackets, the least and the greatest. */
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

function toRow(name: string, pairs: Pairs): Row {
  const all = pairs.flat();
  const percentiles = (side: Side) => [0.5, 0.99].map((q) => latencyMs(all, side, q).toFixed(0)).join("/");
  return [
    name,
    ...[requestsPerSecond, cpuMs, p99Ms].map((figure) => spread(ratios(pairs, figure))),
    spread(ratios(pairs, requestsPerSecond, "bareAgain")),
    ...[requestsPerSecond, cpuMs].map((figure) => spread(ratios(pairs, figure, "headers"))),
    ...[requestsPerSecond(all, "service").toFixed(0), requestsPerSecond(all, "bare").toFixed(0)],
    ...[cpuMs(all, "service").toFixed(2), cpuMs(all, "bare").toFixed(2)],
    ...[percentiles("service"), percentiles("bare")],
  ];
}

function toTargets(pairs: Map<string, Pairs>): Target[] {
  const ratio = (name: string, figure: Figure) => median(ratios(pairs.get(name) ?? [], figure));
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
