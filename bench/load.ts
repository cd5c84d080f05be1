// Puts load on one Worker and tells what came of it.
import autocannon from "autocannon";
import type { Measured } from "./workers.ts";

const CONNECTIONS = 16;

export interface Asked {
  path: string;
  headers?: Record<string, string>;
}

export interface Outcome {
  requestsPerSecond: number;
  cpuMsPerRequest: number;
  p50Ms: number;
  p99Ms: number;
}

/** Asks for `asked` again and again for `seconds`, or for each of several once when there are more. */
export async function load(
  worker: Measured,
  asked: Asked[],
  seconds: number,
  status: number,
): Promise<Outcome> {
  const once = asked.length > 1;
  const cpuBefore = worker.cpuSeconds();
  const startedAt = performance.now();
  const result = await autocannon({
    url: worker.url,
    connections: CONNECTIONS,
    requests: asked.slice(0, 1).map(({ path, headers }) => ({ method: "GET", path, headers: headers ?? {} })),
    ...(once ? { amount: asked.length } : { duration: seconds }),
    setupClient: (client) => {
      if (!once) return;
      const share = asked.splice(0, Math.ceil(asked.length / CONNECTIONS));
      client.setRequests(share.map(({ path, headers }) => ({ method: "GET", path, headers: headers ?? {} })));
    },
  });
  const elapsed = (performance.now() - startedAt) / 1000;
  const good = result.statusCodeStats?.[`${status}`]?.count ?? 0;
  if (result.errors > 0 || good !== result.requests.total) {
    throw new Error(
      `${worker.url}${asked[0]?.path}: ${JSON.stringify(result.statusCodeStats)}, ${result.errors} errors`,
    );
  }
  return {
    requestsPerSecond: result.requests.total / elapsed,
    cpuMsPerRequest: ((worker.cpuSeconds() - cpuBefore) * 1000) / result.requests.total,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}

export const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};
