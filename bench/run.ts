// `npm run bench`: this service beside a Worker that only reads R2, in one run on one machine. Prints a table and
// writes bench/results.md. Everything that counts is a ratio: an absolute time means nothing elsewhere.
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { HOP_MS, measureHops } from "./measure-hops.ts";
import { measureLoad, ROUNDS, SECONDS } from "./measure-load.ts";
import { measureStart } from "./measure-start.ts";
import { table } from "./report.ts";

const loaded = await measureLoad();
const hops = await measureHops();
const cold = await measureStart();
const targets = [...loaded.targets, ...hops.targets, ...cold.targets];

const report = `# Benchmark

${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model ?? "CPU"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}. Made by \`npm run bench\`.

The bare Worker does nothing but \`bucket.get(key)\`. Both run in workerd with the local D1, R2 and Cache API, one process each and new ones each round, in turn; ${ROUNDS} rounds of ${SECONDS} s at 16 connections, after a warm-up; both are sent the same headers. A ratio is the median of the rounds' own ratios. A range is 32 KiB.

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
