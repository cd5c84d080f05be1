// The cost of a new isolate: bundle size, its largest parts, and CPU until the first response.
import { gzipSync } from "node:zlib";
import { ANALYSIS_ENTRY, type Bundle, bundle, SERVICE_ENTRY, start } from "../dev/workerd.ts";
import { bareScript, serviceScript } from "./fixtures.ts";
import { median } from "./load.ts";
import { atMost, type Measurement, type Row } from "./report.ts";

const ROUNDS = 41;
/** Shows what the binding ANALYSIS costs without the Worker behind it. */
const EMPTY_ANALYSIS =
  'import { WorkerEntrypoint } from "cloudflare:workers"; export default class extends WorkerEntrypoint {}';

/** The CPU is the difference to the bare Worker. Locally the analysis Worker starts in the same process. */
export async function measureStart(): Promise<Measurement> {
  const cpuUntilFirstResponseMs = async (script: string, analysis?: string) => {
    const worker = await start(script, analysis === undefined ? {} : { analysis });
    try {
      await (await fetch(`${worker.url}/nothing`)).arrayBuffer();
      return worker.threadMilliseconds();
    } finally {
      await worker.stop();
    }
  };
  const bindings = [undefined, EMPTY_ANALYSIS, (await bundle(ANALYSIS_ENTRY)).script];
  const differences: number[][] = bindings.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    const bare = await cpuUntilFirstResponseMs(bareScript);
    for (const [index, analysis] of bindings.entries()) {
      differences[index]?.push((await cpuUntilFirstResponseMs(serviceScript, analysis)) - bare);
    }
  }
  const [without = 0, withEmpty = 0, withAnalysis = 0] = differences.map(median);
  const ms = (milliseconds: number) => `${milliseconds.toFixed(0)} ms`;
  const kib = (bytes: number) => (bytes / 1024).toFixed(1);
  const gzip = gzipSync(serviceScript).byteLength;
  const { files } = await bundle(SERVICE_ENTRY);
  return {
    rows: [
      ["minified", `${kib(serviceScript.length)} KiB`],
      ["gzip", `${kib(gzip)} KiB`],
      ["CPU until the first response, beyond the bare Worker's", ms(without)],
      ["… with the binding ANALYSIS, to a Worker without code", ms(withEmpty)],
      ["… with the analysis Worker, here in the same process", ms(withAnalysis)],
      ...largestParts(files).map(
        ([name, bytes]): Row => [`before minification, ${name}`, `${kib(bytes)} KiB`],
      ),
    ],
    targets: [
      atMost("bundle, KiB gzip", 90, gzip / 1024),
      atMost("start: CPU beyond the bare Worker's, ms", 20, without),
    ],
  };
}

/** The packages in a script with their bytes before minification, largest first. */
function largestParts(files: Bundle["files"]): [name: string, bytes: number][] {
  const parts = new Map<string, number>();
  for (const { file, bytes } of files) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? "this project";
    parts.set(name, (parts.get(name) ?? 0) + bytes);
  }
  return [...parts].toSorted(([, a], [, b]) => b - a).slice(0, 8);
}
