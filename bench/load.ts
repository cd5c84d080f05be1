// Sends requests to one Worker and measures throughput, CPU time and latency.
import autocannon from "autocannon";
import type { RunningWorker } from "../dev/workerd.ts";

export const CONNECTIONS = 16;
/** How often autocannon checks whether it is done. */
const SAMPLE_INTERVAL_MS = 10;

export interface RequestSpec {
  path: string;
  headers?: Record<string, string>;
}

export interface Slice {
  requests: number;
  /** From the first request to the end of the last response. */
  seconds: number;
  cpuSeconds: number;
  latenciesMs: number[];
}

/**
 * Sends each of `specs` once, or a single one `amount` times.
 * @throws {Error} when a response has another status than `status`
 */
export async function load(
  worker: RunningWorker,
  specs: RequestSpec[],
  amount: number,
  status: number,
): Promise<Slice> {
  const requests = specs.map(({ path, headers }) => ({
    method: "GET" as const,
    path,
    headers: headers ?? {},
  }));
  const share = Math.ceil(requests.length / CONNECTIONS);
  let clients = 0;
  const cpuBefore = worker.cpuSeconds();
  const startedAt = performance.now();
  let endedAt = startedAt;
  const latenciesMs: number[] = [];
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const options: autocannon.Options = {
      url: worker.url,
      connections: CONNECTIONS,
      amount,
      sampleInt: SAMPLE_INTERVAL_MS,
      requests: requests.slice(0, 1),
      setupClient: (client) => {
        if (requests.length > 1) client.setRequests(requests.slice(share * clients, share * (clients + 1)));
        clients += 1;
      },
    };
    autocannon(options, (error, ended) => (error ? reject(error) : resolve(ended))).on(
      "response",
      (_client, _status, _bytes, latency) => {
        endedAt = performance.now();
        latenciesMs.push(latency);
      },
    );
  });
  const good = result.statusCodeStats?.[`${status}`]?.count ?? 0;
  if (result.errors > 0 || good !== amount) {
    throw new Error(
      `${worker.url}${specs[0]?.path}: ${JSON.stringify(result.statusCodeStats)}, ${result.errors} errors`,
    );
  }
  return {
    requests: amount,
    seconds: (endedAt - startedAt) / 1000,
    cpuSeconds: worker.cpuSeconds() - cpuBefore,
    latenciesMs,
  };
}

/** The quantile `q` (0 to 1) of `values`. */
export const quantile = (values: number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN;
};

export const median = (values: number[]): number => quantile(values, 0.5);
