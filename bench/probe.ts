// `npm run bench:probe`: what probing a hostile recording costs. Prints a table and writes bench/probe.md.
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { measureProbe } from "./measure-probe.ts";
import { table } from "./report.ts";

const { rows, targets } = await measureProbe();
const report = `# Probing hostile recordings

${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? "CPU"}, Node ${process.version}. Made by \`npm run bench:probe\`.

Each recording of bench/hostile-recordings/, of 20 MiB, is probed in a new process. The ten that take the most CPU time are shown, then valid recordings of the same size. "Held" is the memory in use at any read after garbage collection, "grown" how much the process grew with its garbage. The libraries get the same recordings in memory, with ten seconds and 512 MiB for each. A parser is "deceived" when it credits a recording with at least 600 s more than it holds.

${table(
  ["target", "wanted", "found", ""],
  targets.map(({ name, wanted, found, met }) => [name, wanted, found, met ? "met" : "**missed**"]),
)}

${table(["recording", "result", "CPU ms", "held MiB", "grown MiB"], rows)}
`;
writeFileSync(join(import.meta.dirname, "probe.md"), report);
console.log(`\n${report}`);
