// Requests per second and CPU per request under load, as ratios to a bare Worker.

import { type RunningWorker, start } from "../dev/workerd.ts";
import {
  bareLoggingScript,
  bareScript,
  coldRequests,
  fillEdgeCache,
  linkOf,
  newSessionRequests,
  RANGE,
  SIZES,
  type Size,
  seed,
  serviceScript,
  sessionHeaders,
} from "./fixtures.ts";
import { CONNECTIONS, load, median, quantile, type RequestSpec, type Slice } from "./load.ts";
import { atLeast, atMost, type Measurement, type Row } from "./report.ts";

export const ROUNDS = 3;
/** To each process before its first turn, whole and in ranges: V8 compiles the service's code again and again meanwhile. */
const WARM_UP_REQUESTS = 4_000;
/** Turns before the measurement of a scenario. */
const WARM_UP_SLICES = 3;
const TURNS = 10;
/** Each cold request needs a new object and row: fewer turns where they are large. */
const COLD_TURNS = { "64-KiB": 5, "1-MiB": 5, "10-MiB": 3 } satisfies Record<Size, number>;
/** About a quarter of a second: short enough that a fluctuation of the machine affects every side of a turn. */
const REQUESTS = {
  "64-KiB": 12 * CONNECTIONS,
  "1-MiB": 4 * CONNECTIONS,
  "10-MiB": CONNECTIONS,
} satisfies Record<Size, number>;

const shapes = [
  { shape: "whole", headers: sessionHeaders, status: 200 },
  { shape: "ranged", headers: { ...sessionHeaders, ...RANGE }, status: 206 },
] as const;

interface Scenario {
  size: Size;
  status: number;
  turns: number;
  bareRequest: RequestSpec;
  prepare?: (service: RunningWorker) => Promise<void>;
  /** The requests of one slice to the service. */
  serviceRequests: (service: RunningWorker) => Promise<RequestSpec[]>;
}

const scenarios = new Map<string, Scenario>(
  SIZES.flatMap(([size]) =>
    shapes.flatMap(({ shape, headers, status }): [string, Scenario][] => {
      const common = { size, status, turns: TURNS, bareRequest: { path: `/${size}`, headers } };
      const voice = `/api/voices/${size}`;
      return [
        [
          `generation, cold, ${size} ${shape}`,
          {
            ...common,
            turns: COLD_TURNS[size],
            serviceRequests: (service) => coldRequests(service, size, headers, REQUESTS[size]),
          },
        ],
        [
          `generation, warm, ${size} ${shape}`,
          { ...common, serviceRequests: async () => [{ path: `/api/audio/${size}`, headers }] },
        ],
        [
          `system voice, hit, ${size} ${shape}`,
          {
            ...common,
            prepare: (service) => fillEdgeCache(service, voice),
            serviceRequests: async () => [{ path: voice, headers }],
          },
        ],
      ];
    }),
  ),
);

// A session token is verified once a minute per isolate, a link each time.
for (const { shape, headers, status } of shapes) {
  const size = "64-KiB";
  const { Authorization: _session, ...withoutSession } = headers;
  const common = { size, status, turns: TURNS, bareRequest: { path: `/${size}`, headers } } as const;
  scenarios.set(`generation, verifying a session token, ${size} ${shape}`, {
    ...common,
    serviceRequests: () => newSessionRequests(size, headers, REQUESTS[size]),
  });
  scenarios.set(`generation, verifying a link, ${size} ${shape}`, {
    ...common,
    serviceRequests: async (service) => [{ path: await linkOf(service, size), headers: withoutSession }],
  });
}

/** One turn: the same number of requests to each side, one after the other. */
type Turn = Record<"service" | "bare" | "bareAgain" | "logging", Slice>;

/**
 * Compares the service with the bare Worker turn by turn, in the scenarios whose name contains `filter`. For reference, the bare Worker is also compared with a second
 * process of itself, which shows the noise of a ratio, and with one that writes a log line, as the service does. Each
 * round has new processes, because no two are equally fast.
 */
export async function measureLoad(filter = ""): Promise<Measurement> {
  const turns = new Map<string, Turn[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const service = await start(serviceScript);
    const bare = await start(bareScript);
    const bareAgain = await start(bareScript);
    const logging = await start(bareLoggingScript);
    const others = { bare, bareAgain, logging };
    try {
      await seed(service, Object.values(others));
      for (const { headers, status } of shapes) {
        await load(service, [{ path: "/api/audio/64-KiB", headers }], WARM_UP_REQUESTS, status);
        for (const worker of Object.values(others)) {
          await load(worker, [{ path: "/64-KiB", headers }], WARM_UP_REQUESTS, status);
        }
      }
      for (const [name, scenario] of scenarios) {
        if (!name.includes(filter)) continue;
        console.log(`Round ${round + 1} of ${ROUNDS}: ${name} …`);
        const taken = await takeTurns(scenario, service, others);
        turns.set(name, [...(turns.get(name) ?? []), ...taken]);
      }
    } finally {
      await Promise.all([service, ...Object.values(others)].map((worker) => worker.stop()));
    }
  }
  const rate = (name: string) => ratioOfRates(turns.get(name) ?? [], "service");
  const cpu = (name: string) => ratioOfCpu(turns.get(name) ?? []);
  return {
    rows: [...turns].map(([name, taken]) => toRow(name, taken)),
    targets: [
      atLeast("warm 64 KiB ranged, requests/s", 0.8, rate("generation, warm, 64-KiB ranged")),
      atMost("warm 64 KiB ranged, CPU per request", 1.25, cpu("generation, warm, 64-KiB ranged")),
      atMost(
        "verifying a link, CPU ÷ verifying a session token",
        1,
        cpu("generation, verifying a link, 64-KiB ranged") /
          cpu("generation, verifying a session token, 64-KiB ranged"),
      ),
      atLeast("warm 1 MiB whole, throughput", 0.95, rate("generation, warm, 1-MiB whole")),
      atLeast("system voice hit, 64 KiB whole, requests/s", 1, rate("system voice, hit, 64-KiB whole")),
      atLeast("system voice hit, 64 KiB ranged, requests/s", 1, rate("system voice, hit, 64-KiB ranged")),
    ],
  };
}

async function takeTurns(
  { size, status, turns, bareRequest, serviceRequests, prepare }: Scenario,
  service: RunningWorker,
  { bare, bareAgain, logging }: Record<Exclude<keyof Turn, "service">, RunningWorker>,
): Promise<Turn[]> {
  const amount = REQUESTS[size];
  await prepare?.(service);
  const loadBare = (worker: RunningWorker) => load(worker, [bareRequest], amount, status);
  const takeTurn = async (serviceFirst: boolean): Promise<Turn> => {
    const specs = await serviceRequests(service);
    const loadService = () => load(service, specs, amount, status);
    const first = serviceFirst && (await loadService());
    const sides = {
      bare: await loadBare(bare),
      bareAgain: await loadBare(bareAgain),
      logging: await loadBare(logging),
    };
    return { ...sides, service: first || (await loadService()) };
  };
  for (let slice = 0; slice < WARM_UP_SLICES; slice += 1) await takeTurn(true);
  const taken: Turn[] = [];
  while (taken.length < turns) taken.push(await takeTurn(taken.length % 2 === 0));
  return taken;
}

/** The median of the ratios of the turns. */
const ratioOfRates = (turns: Turn[], side: Exclude<keyof Turn, "bare">) =>
  median(turns.map((turn) => turn.bare.seconds / turn[side].seconds));

const cpuSeconds = (turns: Turn[], side: keyof Turn) =>
  turns.reduce((sum, turn) => sum + turn[side].cpuSeconds, 0);

/** The ratio of the sums: the kernel counts CPU time in steps of 10 ms. */
const ratioOfCpu = (turns: Turn[], side: Exclude<keyof Turn, "bare"> = "service") =>
  cpuSeconds(turns, side) / cpuSeconds(turns, "bare");

function toRow(name: string, turns: Turn[]): Row {
  const rate = (side: keyof Turn) =>
    median(turns.map((turn) => turn[side].requests / turn[side].seconds)).toFixed(0);
  const requests = turns.reduce((sum, turn) => sum + turn.bare.requests, 0);
  const cpuMs = (side: keyof Turn) => ((cpuSeconds(turns, side) * 1000) / requests).toFixed(2);
  const latency = (side: keyof Turn) => {
    const latencies = turns.flatMap((turn) => turn[side].latenciesMs);
    return `${quantile(latencies, 0.5).toFixed(0)}/${quantile(latencies, 0.99).toFixed(0)}`;
  };
  return [
    name,
    ratioOfRates(turns, "service").toFixed(2),
    ratioOfRates(turns, "logging").toFixed(2),
    ratioOfRates(turns, "bareAgain").toFixed(2),
    ratioOfCpu(turns).toFixed(2),
    ratioOfCpu(turns, "logging").toFixed(2),
    ...[rate("service"), rate("bare")],
    ...[cpuMs("service"), cpuMs("bare")],
    ...[latency("service"), latency("bare")],
  ];
}
