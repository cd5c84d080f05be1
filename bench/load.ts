// Puts load on one Worker for a moment and tells what came of it.
import autocannon from "autocannon";
import type { RunningWorker } from "../dev/workerd.ts";

export const CONNECTIONS = 16;
/** How often autocannon looks whether it is done, in ms. */
const LOOK_MS = 10;

export interface RequestSpec {
  path: string;
  headers?: Record<string, string>;
}

export interface Slice {
  requests: number;
  /** From the first request until the last answer was through. */
  seconds: number;
  cpuSeconds: number;
  latenciesMs: number[];
}

/**
 * Asks for each of `asked` once, or for a single one `amount` times.
 * @throws {Error} when any answer has another status than `status`
 */
export async function load(
  worker: RunningWorker,
  asked: RequestSpec[],
  amount: number,
  status: number,
): Promise<Slice> {
  const requests = asked.map(({ path, headers }) => ({
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
      sampleInt: LOOK_MS,
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
      `${worker.url}${asked[0]?.path}: ${JSON.stringify(result.statusCodeStats)}, ${result.errors} errors`,
    );
  }
  return {
    requests: amount,
    seconds: (endedAt - startedAt) / 1000,
    cpuSeconds: worker.cpuSeconds() - cpuBefore,
    latenciesMs,
  };
}

/** The value below which the share `q` of `values` lies. */
export const quantile = (values: number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN;
};

export const median = (values: number[]): number => quantile(values, 0.5);
