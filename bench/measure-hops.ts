// The critical path: the D1 and R2 operations of a request, and its time to first byte when each is delayed.

import { bundle, type RunningWorker, start } from "../dev/workerd.ts";
import { fillEdgeCache, newGenerations, newSessionHeaders, RANGE, seed, sessionHeaders } from "./fixtures.ts";
import { median, type RequestSpec } from "./load.ts";
import { atMost, type Measurement, type Row } from "./report.ts";

export const HOP_MS = 30;
const TURNS = 21;
const MAX_OPERATIONS: Record<string, number> = { "generation, first play": 2, "system voice, hit": 0 };

export async function measureHops(): Promise<Measurement> {
  const service = await start((await bundle("bench/instrumented-service.ts")).script);
  const bare = await start((await bundle("bench/instrumented-bare.ts")).script);
  const rows: Row[] = [];
  const targets: Measurement["targets"] = [];
  try {
    await seed([service, bare]);
    const voice = "/api/voices/64-KiB";
    await fillEdgeCache(service, voice);
    const cases: [name: string, worker: RunningWorker, nextRequest: () => Promise<RequestSpec>][] = [
      ["bare", bare, async () => ({ path: "/64-KiB" })],
      ["generation, first play", service, () => firstPlay(service)],
      ["generation, warm", service, async () => ({ path: "/api/audio/64-KiB", headers: sessionHeaders })],
      [
        "generation, warm, ranged",
        service,
        async () => ({ path: "/api/audio/64-KiB", headers: { ...sessionHeaders, ...RANGE } }),
      ],
      ["system voice, hit", service, async () => ({ path: voice, headers: sessionHeaders })],
    ];
    const firstByte = new Map<string, number>();
    for (const [name, worker, nextRequest] of cases) {
      await firstByteMs(worker, await nextRequest());
      await fetch(`${worker.url}/__bench?delay=${HOP_MS}`);
      const times: number[] = [];
      for (let turn = 0; turn < TURNS; turn += 1) times.push(await firstByteMs(worker, await nextRequest()));
      const counts = (await (await fetch(`${worker.url}/__bench?delay=0`)).json()) as {
        d1: number;
        r2: number;
      };
      firstByte.set(name, median(times));
      rows.push([
        name,
        counts.d1 / TURNS,
        counts.r2 / TURNS,
        median(times).toFixed(1),
        (median(times) / HOP_MS).toFixed(2),
      ]);
      const most = MAX_OPERATIONS[name];
      if (most !== undefined) {
        targets.push(atMost(`${name}, D1 and R2 operations`, most, (counts.d1 + counts.r2) / TURNS));
      }
    }
    const overhead = (firstByte.get("bare") ?? 0) - HOP_MS;
    const hops = ((firstByte.get("generation, first play") ?? 0) - overhead) / HOP_MS;
    targets.push(atMost("first play: first byte in hops, less the bare Worker's own time", 2.2, hops));
  } finally {
    await Promise.all([service.stop(), bare.stop()]);
  }
  return { rows, targets };
}

async function firstPlay(service: RunningWorker): Promise<RequestSpec> {
  const [id] = await newGenerations([service], "64-KiB", 1);
  return { path: `/api/audio/${id}`, headers: await newSessionHeaders() };
}

async function firstByteMs({ url }: RunningWorker, { path, headers }: RequestSpec): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(url + path, { headers: headers ?? {} });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const reader = response.body?.getReader();
  await reader?.read();
  const elapsed = performance.now() - startedAt;
  while (!(await reader?.read())?.done);
  return elapsed;
}
