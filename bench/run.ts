// `npm run bench`: compares this service with bare Workers in one run on one machine, and writes bench/results.md
// and what docs/benchmarks.md and the README quote of it.
// Results are ratios: an absolute time is not comparable across machines. `npm run bench -- TEXT` measures only the rows
// under load whose name contains TEXT, prints them and writes nothing.
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { CONNECTIONS } from "./load.ts";
import { HOP_MS, measureHops } from "./measure-hops.ts";
import { LOAD_HEAD, measureLoad } from "./measure-load.ts";
import { measureStart } from "./measure-start.ts";
import { measureUploads, UPLOADS_AT_ONCE } from "./measure-uploads.ts";
import { quoteResults } from "./quoted-results.ts";
import { type Measurement, table } from "./report.ts";
import { GROUPS, WARM_GROUPS, WARM_TURNS } from "./scenarios.ts";

/** Prints the rows at once: a later part that fails does not lose them. */
async function printed(measurement: Promise<Measurement>): Promise<Measurement> {
  const { rows, targets } = await measurement;
  for (const row of rows) console.log(row.join(" | "));
  return { rows, targets };
}

const [filter] = process.argv.slice(2);
const loaded = await printed(measureLoad(filter));
if (filter !== undefined) process.exit();
const uploads = await printed(measureUploads());
const hops = await printed(measureHops());
const cold = await printed(measureStart());
const targets = [...loaded.targets, ...uploads.targets, ...hops.targets, ...cold.targets];

const report = `# Benchmark

${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model ?? "CPU"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}. Made by \`npm run bench\`.

The bare Worker does nothing but \`bucket.get(key)\`; for a first play it reads the generation's row from D1 before. Each Worker has its own workerd process with the local D1, R2 and Cache API, and receives the same headers on ${CONNECTIONS} connections. After a warm-up they take turns of about a tenth of a second, in random order: the service; the bare Worker, in two processes, whose ratio shows the noise; and a bare Worker whose responses have the headers of the service's. A ratio is to the mean of the two bare Workers, and the median over ${GROUPS} such groups of new processes (${WARM_GROUPS}, of ${WARM_TURNS} turns each, for warm plays of 64 KiB and 1 MiB), with the least and the greatest in brackets. A range has 32 KiB.

## Targets

A miss is not rounded to its target: 0.949 of 0.95 is 0.94 here, and 0.95 in the tables below.

${table(
  ["target", "wanted", "found", ""],
  targets.map(({ name, wanted, found, met }) => [name, wanted, found, met ? "met" : "**missed**"]),
)}

## Under load

${table(LOAD_HEAD, loaded.rows)}

## ${UPLOADS_AT_ONCE} concurrent uploads of 20 MiB

Compared with a Worker that does nothing but \`bucket.put(key, body)\`, and with the usual design: the whole body in memory, parsed by music-metadata, then put. New processes each time; memory is the peak of the process, CPU is per upload, with the levels of a WAV, which are measured after its response.

${table(["what", "memory ÷ bare", "CPU ÷ bare", "MiB", "bare", "CPU ms", "bare"], uploads.rows)}

## Operations, and time to first byte when each is delayed by ${HOP_MS} ms

${table(["what", "D1", "R2", "first byte, ms", "first byte, hops"], hops.rows)}

## Start

${table(["what", ""], cold.rows)}
`;
writeFileSync(join(import.meta.dirname, "results.md"), report);
quoteResults();
console.log(`\n${report}`);
