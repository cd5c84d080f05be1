// Under load: requests per second and CPU per request, as ratios to the bare Worker's.
import { type Asked, load, median, type Outcome } from "./load.ts";
import { atLeast, atMost, type Measurement, type Row } from "./report.ts";
import { type Measured, start } from "./workers.ts";
import { bareScript, coldRequest, fill, furnish, RANGE, SIZES, serviceScript, warmth } from "./world.ts";

export const ROUNDS = 7;
export const SECONDS = 1.2;
const WARM_UP_SECONDS = 0.4;
const COLD_REQUESTS = 400;

interface Scenario {
  name: string;
  status: number;
  ofBare: Asked;
  /** Made anew for each round; null for the bare Worker in the service's place. */
  ofService: ((service: Measured) => Promise<Asked[]>) | null;
}

const shapes = [
  { shape: "whole", headers: warmth, status: 200 },
  { shape: "ranged", headers: { ...warmth, ...RANGE }, status: 206 },
];

const scenarios: Scenario[] = SIZES.flatMap(([size]) =>
  shapes.flatMap(({ shape, headers, status }) => {
    const ofBare = { path: `/${size}`, headers };
    return [
      {
        name: `generation, warm, ${size} ${shape}`,
        ...{ status, ofBare },
        ofService: async () => [{ path: `/api/audio/${size}`, headers }],
      },
      {
        name: `system voice, hit, ${size} ${shape}`,
        ...{ status, ofBare },
        ofService: async (service: Measured) => {
          await fill(service, `/api/voices/${size}`);
          return [{ path: `/api/voices/${size}`, headers }];
        },
      },
    ];
  }),
);
scenarios.push({
  name: "generation, cold, 64-KiB whole",
  status: 200,
  ofBare: { path: "/64-KiB", headers: warmth },
  ofService: async (service) => {
    const asked: Asked[] = [];
    while (asked.length < COLD_REQUESTS) asked.push(await coldRequest(service));
    return asked;
  },
});

// The bare Worker against itself: how far from 1 a ratio can be for no reason.
scenarios.push({
  name: "the bare Worker again, 1-MiB whole",
  status: 200,
  ofBare: { path: "/1-MiB", headers: warmth },
  ofService: null,
});

type Pair = Record<"service" | "bare", Outcome>;

/** Every scenario once a round; each round has processes of its own, as no two are equally fast. */
export async function measureLoad(): Promise<Measurement> {
  const pairs = new Map<string, Pair[]>(scenarios.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    console.log(`Round ${round + 1} of ${ROUNDS} …`);
    const service = await start(serviceScript);
    const bare = await start(bareScript);
    try {
      await furnish(service, bare);
      for (const scenario of scenarios) {
        // Each goes first in every other round, so that the machine's moods meet both.
        pairs.get(scenario.name)?.push(await compare(scenario, service, bare, round % 2 === 0));
      }
    } finally {
      await Promise.all([service.stop(), bare.stop()]);
    }
  }
  const rate = (name: string) => ratio(pairs.get(name) ?? [], "requestsPerSecond");
  const cpu = (name: string) => ratio(pairs.get(name) ?? [], "cpuMsPerRequest");
  return {
    rows: [...pairs].map(([name, measured]) => shown(name, measured)),
    targets: [
      atLeast("warm 64 KiB ranged, requests/s", 0.8, rate("generation, warm, 64-KiB ranged")),
      atMost("warm 64 KiB ranged, CPU per request", 1.25, cpu("generation, warm, 64-KiB ranged")),
      atLeast("warm 1 MiB whole, throughput", 0.95, rate("generation, warm, 1-MiB whole")),
      atLeast("system voice hit, 64 KiB whole, requests/s", 1, rate("system voice, hit, 64-KiB whole")),
      atLeast("system voice hit, 64 KiB ranged, requests/s", 1, rate("system voice, hit, 64-KiB ranged")),
    ],
  };
}

async function compare(
  scenario: Scenario,
  service: Measured,
  bare: Measured,
  bareFirst: boolean,
): Promise<Pair> {
  const { status, ofBare } = scenario;
  const asked = scenario.ofService ? await scenario.ofService(service) : [ofBare];
  const measured = scenario.ofService ? service : bare;
  const measure = {
    bare: () => load(bare, [ofBare], SECONDS, status),
    service: () => load(measured, asked, SECONDS, status),
  };
  // Code that has just been compiled is slow, and ours is more of it: what is measured has run before.
  await load(bare, [ofBare], WARM_UP_SECONDS, status);
  await load(measured, asked.slice(0, 1), WARM_UP_SECONDS, status);
  if (bareFirst) {
    const first = await measure.bare();
    return { bare: first, service: await measure.service() };
  }
  const first = await measure.service();
  return { service: first, bare: await measure.bare() };
}

const ratio = (pairs: Pair[], figure: keyof Outcome) =>
  median(pairs.map(({ service, bare }) => service[figure] / bare[figure]));

function shown(name: string, pairs: Pair[]): Row {
  const middle = (of: keyof Pair, figure: keyof Outcome) => median(pairs.map((pair) => pair[of][figure]));
  return [
    name,
    ratio(pairs, "requestsPerSecond").toFixed(2),
    ratio(pairs, "cpuMsPerRequest").toFixed(2),
    middle("service", "requestsPerSecond").toFixed(0),
    middle("bare", "requestsPerSecond").toFixed(0),
    middle("service", "cpuMsPerRequest").toFixed(2),
    middle("bare", "cpuMsPerRequest").toFixed(2),
    `${middle("service", "p50Ms")}/${middle("service", "p99Ms")}`,
    `${middle("bare", "p50Ms")}/${middle("bare", "p99Ms")}`,
  ];
}
