// `npm run bench:probe`: what an inspection costs at worst. Prints a table and writes bench/probe.md.
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { measureInspection } from "./measure-probe.ts";
import { table } from "./report.ts";

const { rows, targets } = await measureInspection();
const report = `# Inspections at their worst

${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? "CPU"}, Node ${process.version}. Made by \`npm run bench:probe\`.

Each recording of test/probe/hostile-recordings.ts, of 20 MiB, is inspected in a new process; the ten dearest are shown, then honest ones of the same size. "Held" is what is in use at any read once garbage is collected, "grown" how much the process grew with its garbage. The libraries get the same recordings, whole, and ten seconds and 512 MiB for each.

${table(
  ["target", "wanted", "found", ""],
  targets.map(({ name, wanted, found, met }) => [name, wanted, found, met ? "met" : "**missed**"]),
)}

${table(["recording", "verdict", "CPU ms", "held MiB", "grown MiB"], rows)}
`;
writeFileSync(join(import.meta.dirname, "probe.md"), report);
console.log(`\n${report}`);
