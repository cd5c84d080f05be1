// The cost of a new isolate: bundle size, its largest parts, and CPU until the first response.
import { gzipSync } from "node:zlib";
import { largestParts, start } from "../dev/workerd.ts";
import { bareScript, serviceScript } from "./fixtures.ts";
import { median } from "./load.ts";
import { atMost, type Measurement, type Row } from "./report.ts";

const ROUNDS = 5;

/** The CPU is the difference to the bare Worker. */
export async function measureStart(): Promise<Measurement> {
  const cpuUntilFirstResponseMs = async (script: string) => {
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
    const bare = await cpuUntilFirstResponseMs(bareScript);
    differences.push((await cpuUntilFirstResponseMs(serviceScript)) - bare);
  }
  const kib = (bytes: number) => (bytes / 1024).toFixed(1);
  const gzip = gzipSync(serviceScript).byteLength;
  const parts = (await largestParts("src/index.ts")).slice(0, 8);
  return {
    rows: [
      ["minified", `${kib(serviceScript.length)} KiB`],
      ["gzip", `${kib(gzip)} KiB`],
      ["CPU until the first response, beyond the bare Worker's", `${median(differences).toFixed(0)} ms`],
      ...parts.map(([name, bytes]): Row => [`minified, of which ${name}`, `${kib(bytes)} KiB`]),
    ],
    targets: [atMost("bundle, KiB gzip", 200, gzip / 1024)],
  };
}
