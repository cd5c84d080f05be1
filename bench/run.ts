// `npm run bench`: this service beside a Worker that only reads R2, in one run on one machine. Prints a table and
// writes bench/results.md. Everything that counts is a ratio: an absolute time means nothing elsewhere.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { generationKey, systemVoiceKey } from "../src/adapters/audio-store.ts";
import { type Asked, load, median, type Outcome } from "./load.ts";
import { bundle, largestParts, type Measured, migrate, start, tokenOf } from "./workers.ts";

const ROUNDS = 5;
const SECONDS = 2;
const COLD_REQUESTS = 800;
const HOP_MS = 30;
const SIZES = [
  ["64-KiB", 64 * 1024],
  ["1-MiB", 1024 * 1024],
  ["10-MiB", 10 * 1024 * 1024],
] as const;
const SMALL = new Uint8Array(64 * 1024);
const RANGE = { Range: "bytes=1024-33791" };

type Row = (string | number)[];

const session = async (orgId = "org_bench") => ({
  Authorization: `Bearer ${await tokenOf({ userId: "user_bench", orgId, expiresInSeconds: 3600, version: 2 })}`,
});

const warmth = await session();
const bareScript = readFileSync(join(import.meta.dirname, "bare.js"), "utf8");
const serviceScript = await bundle("src/index.ts");

/** Objects for both Workers and rows for the service: a generation and a system voice of each size. */
async function furnish(service: Measured, bare: Measured): Promise<void> {
  await migrate(service.database);
  for (const [name, size] of SIZES) {
    const bytes = new Uint8Array(size);
    await bare.bucket.put(name, bytes);
    await service.bucket.put(systemVoiceKey(name), bytes);
    await insertGeneration(service, name, bytes);
    await service.database
      .prepare("insert into voices (id, name, variant, r2_object_key) values (?, 'Bench', 'SYSTEM', ?)")
      .bind(name, systemVoiceKey(name))
      .run();
  }
}

async function insertGeneration(
  { bucket, database }: Measured,
  id: string,
  bytes: Uint8Array,
): Promise<void> {
  const key = generationKey("org_bench", id);
  await bucket.put(key, bytes);
  await database
    .prepare(
      "insert into generations (id, org_id, voice_name, text, r2_object_key) values (?, 'org_bench', '', '', ?)",
    )
    .bind(id, key)
    .run();
}

interface Comparison {
  rate: number;
  cpu: number;
  service: Outcome;
  bare: Outcome;
}

/** Both in turn, round by round, so that a change of the machine's speed meets both; medians of the pairs. */
async function compare(
  asService: () => Promise<Outcome>,
  asBare: () => Promise<Outcome>,
): Promise<Comparison> {
  const pairs: { service: Outcome; bare: Outcome }[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    pairs.push({ bare: await asBare(), service: await asService() });
  const middle = (pick: (outcome: Outcome) => number, of: "service" | "bare") =>
    median(pairs.map((pair) => pick(pair[of])));
  const outcome = (of: "service" | "bare"): Outcome => ({
    requestsPerSecond: middle((o) => o.requestsPerSecond, of),
    cpuMsPerRequest: middle((o) => o.cpuMsPerRequest, of),
    p50Ms: middle((o) => o.p50Ms, of),
    p99Ms: middle((o) => o.p99Ms, of),
  });
  return {
    rate: median(pairs.map(({ service, bare }) => service.requestsPerSecond / bare.requestsPerSecond)),
    cpu: median(pairs.map(({ service, bare }) => service.cpuMsPerRequest / bare.cpuMsPerRequest)),
    service: outcome("service"),
    bare: outcome("bare"),
  };
}

const shown = (name: string, { rate, cpu, service, bare }: Comparison): Row => [
  name,
  rate.toFixed(2),
  cpu.toFixed(2),
  service.requestsPerSecond.toFixed(0),
  bare.requestsPerSecond.toFixed(0),
  service.cpuMsPerRequest.toFixed(2),
  bare.cpuMsPerRequest.toFixed(2),
  `${service.p50Ms}/${service.p99Ms}`,
  `${bare.p50Ms}/${bare.p99Ms}`,
];

interface Target {
  name: string;
  wanted: string;
  found: string;
  met: boolean;
}

async function measureLoad(): Promise<{ rows: Row[]; targets: Target[] }> {
  const service = await start(serviceScript);
  const bare = await start(bareScript);
  const rows: Row[] = [];
  const targets: Target[] = [];
  const record = (name: string, comparison: Comparison) => {
    rows.push(shown(name, comparison));
    console.log(
      `${name}: ${comparison.rate.toFixed(2)} × the requests/s, ${comparison.cpu.toFixed(2)} × the CPU`,
    );
  };
  try {
    await furnish(service, bare);
    for (const [name] of SIZES) {
      for (const [shape, headers, status] of [
        ["whole", {}, 200],
        ["ranged", RANGE, 206],
      ] as const) {
        const ofBare = () => load(bare, [{ path: `/${name}`, headers }], SECONDS, status);
        const ask = (path: string): Asked[] => [{ path, headers: { ...warmth, ...headers } }];

        const path = `/api/audio/${name}`;
        const warm = await compare(() => load(service, ask(path), SECONDS, status), ofBare);
        record(`generation, warm, ${name} ${shape}`, warm);

        const voice = `/api/voices/${name}`;
        await fill(service, voice);
        const hit = await compare(() => load(service, ask(voice), SECONDS, status), ofBare);
        record(`system voice, hit, ${name} ${shape}`, hit);

        if (name === "64-KiB" && shape === "ranged") {
          targets.push(
            atLeast("warm 64 KiB ranged, requests/s", 0.8, warm.rate),
            atMost("warm 64 KiB ranged, CPU per request", 1.25, warm.cpu),
          );
        }
        if (name === "1-MiB" && shape === "whole")
          targets.push(atLeast("warm 1 MiB whole, throughput", 0.95, warm.rate));
        if (name === "64-KiB")
          targets.push(atLeast(`system voice hit, 64 KiB ${shape}, requests/s`, 1, hit.rate));
      }
    }
    const cold = await compare(
      async () => load(service, await coldRequests(service), SECONDS, 200),
      () => load(bare, [{ path: "/64-KiB" }], SECONDS, 200),
    );
    record("generation, cold, 64 KiB whole", cold);
  } finally {
    await Promise.all([service.stop(), bare.stop()]);
  }
  return { rows, targets };
}

/** Requests that share neither row nor token with any before them. */
async function coldRequests(service: Measured): Promise<Asked[]> {
  const ids = Array.from({ length: COLD_REQUESTS }, () => crypto.randomUUID());
  return Promise.all(
    ids.map(async (id) => {
      await insertGeneration(service, id, SMALL);
      return { path: `/api/audio/${id}`, headers: await session() };
    }),
  );
}

async function fill({ url }: Measured, path: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const response = await fetch(url + path, { headers: warmth });
    await response.arrayBuffer();
    if (response.headers.get("Cache-Status")?.endsWith("; hit")) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} never came from the edge cache`);
}

/** Operations per request, counted, and the time to the first byte with every operation slowed down. */
async function measureHops(): Promise<{ rows: Row[]; targets: Target[] }> {
  const service = await start(await bundle("bench/instrumented-service.ts"));
  const bare = await start(await bundle("bench/instrumented-bare.ts"));
  const rows: Row[] = [];
  const targets: Target[] = [];
  try {
    await furnish(service, bare);
    const voice = "/api/voices/64-KiB";
    await fill(service, voice);
    const cases: [name: string, worker: Measured, ask: () => Promise<Asked>][] = [
      ["bare", bare, async () => ({ path: "/64-KiB" })],
      ["generation, cold", service, async () => (await coldRequest(service)) as Asked],
      ["generation, warm", service, async () => ({ path: "/api/audio/64-KiB", headers: warmth })],
      [
        "generation, warm, ranged",
        service,
        async () => ({ path: "/api/audio/64-KiB", headers: { ...warmth, ...RANGE } }),
      ],
      ["system voice, hit", service, async () => ({ path: voice, headers: warmth })],
    ];
    const firstByte = new Map<string, number>();
    for (const [name, worker, ask] of cases) {
      await firstByteMs(worker, await ask());
      await fetch(`${worker.url}/__bench?delay=${HOP_MS}`);
      const times: number[] = [];
      for (let turn = 0; turn < 21; turn += 1) times.push(await firstByteMs(worker, await ask()));
      const counts = (await (await fetch(`${worker.url}/__bench?delay=0`)).json()) as {
        d1: number;
        r2: number;
      };
      firstByte.set(name, median(times));
      rows.push([
        name,
        counts.d1 / 21,
        counts.r2 / 21,
        median(times).toFixed(1),
        (median(times) / HOP_MS).toFixed(2),
      ]);
      if (name === "system voice, hit") {
        targets.push(atMost("system voice hit, D1 and R2 operations", 0, counts.d1 + counts.r2));
      }
    }
    const overhead = (firstByte.get("bare") ?? 0) - HOP_MS;
    const hops = ((firstByte.get("generation, cold") ?? 0) - overhead) / HOP_MS;
    targets.push(
      atMost("cold generation, first byte, in hops (less the bare Worker's own time)", 2.2, hops),
      atMost("the same, stretch", 1.1, hops),
    );
  } finally {
    await Promise.all([service.stop(), bare.stop()]);
  }
  return { rows, targets };
}

async function coldRequest(service: Measured): Promise<Asked> {
  const id = crypto.randomUUID();
  await insertGeneration(service, id, SMALL);
  return { path: `/api/audio/${id}`, headers: await session() };
}

async function firstByteMs({ url }: Measured, { path, headers }: Asked): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(url + path, { headers: headers ?? {} });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const reader = response.body?.getReader();
  await reader?.read();
  const elapsed = performance.now() - startedAt;
  while (!(await reader?.read())?.done);
  return elapsed;
}

/** What a fresh isolate costs: the CPU until the first answer, more than the bare Worker's. */
async function measureStart(): Promise<{ rows: Row[]; targets: Target[] }> {
  const untilFirstAnswer = async (script: string) => {
    const worker = await start(script);
    try {
      await (await fetch(`${worker.url}/nothing`)).arrayBuffer();
      return worker.cpuSeconds() * 1000;
    } finally {
      await worker.stop();
    }
  };
  const differences: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const bare = await untilFirstAnswer(bareScript);
    differences.push((await untilFirstAnswer(serviceScript)) - bare);
  }
  const kib = (bytes: number) => (bytes / 1024).toFixed(1);
  const gzip = gzipSync(serviceScript).byteLength;
  const parts = (await largestParts("src/index.ts")).slice(0, 8);
  return {
    rows: [
      ["minified", `${kib(serviceScript.length)} KiB`],
      ["gzip", `${kib(gzip)} KiB`],
      ["CPU until the first answer, beyond the bare Worker's", `${median(differences).toFixed(0)} ms`],
      ...parts.map(([name, bytes]): Row => [`of it, minified: ${name}`, `${kib(bytes)} KiB`]),
    ],
    targets: [atMost("bundle, KiB gzip", 200, gzip / 1024)],
  };
}

const atLeast = (name: string, wanted: number, found: number): Target => ({
  name,
  wanted: `≥ ${wanted}`,
  found: found.toFixed(2),
  met: found >= wanted,
});
const atMost = (name: string, wanted: number, found: number): Target => ({
  name,
  wanted: `≤ ${wanted}`,
  found: found.toFixed(2),
  met: found <= wanted,
});

const table = (head: Row, rows: Row[]) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

const loaded = await measureLoad();
const hops = await measureHops();
const cold = await measureStart();
const targets = [...loaded.targets, ...hops.targets, ...cold.targets];

const report = `# Benchmark

${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model ?? "CPU"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}. Made by \`npm run bench\`.

The bare Worker does nothing but \`bucket.get(key)\`. Both run in workerd with the local D1, R2 and Cache API, one process each, in turn; ${ROUNDS} rounds of ${SECONDS} s at 16 connections, medians. A ratio is the median of the rounds' own ratios. A range is 32 KiB.

## Targets

${table(
  ["target", "wanted", "found", ""],
  targets.map(({ name, wanted, found, met }) => [name, wanted, found, met ? "met" : "**missed**"]),
)}

## Under load

${table(
  ["what", "requests/s ÷ bare", "CPU ÷ bare", "requests/s", "bare", "CPU ms", "bare", "p50/p99 ms", "bare"],
  loaded.rows,
)}

## Operations, and the first byte when each takes ${HOP_MS} ms more

${table(["what", "D1", "R2", "first byte, ms", "in hops"], hops.rows)}

## Start

${table(["what", ""], cold.rows)}
`;
writeFileSync(join(import.meta.dirname, "results.md"), report);
console.log(`\n${report}`);
