// Polar in virtual time: the fake in the isolate of the test, so that it and the service see one clock. Replaces fetch.
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { LOCAL_POLAR_TOKEN } from "../../dev/identities.ts";
import { createPolarFake } from "../../dev/polar.ts";

interface PolarCall {
  atMs: number;
  path: string;
  status: number;
}

export interface VirtualPolar {
  calls: PolarCall[];
  /** Starts or ends subscriptions; the service is not notified. */
  setSubscriptions: (orgIds: string[], active: boolean) => Promise<void>;
  setRateLimit: (perMinute: number) => Promise<void>;
}

const MINUTE_MS = 60_000;

/** Until `vi.unstubAllGlobals()`. */
export function startVirtualPolar(): VirtualPolar {
  const polar = createPolarFake(LOCAL_POLAR_TOKEN);
  const calls: PolarCall[] = [];
  vi.stubGlobal("fetch", async (...args: Parameters<typeof fetch>) => {
    const request = new Request(...args);
    const { origin, pathname } = new URL(request.url);
    if (origin !== env.POLAR_BASE_URL) throw new Error(`The Worker must not fetch ${origin}`);
    const response = await polar.fetch(request);
    calls.push({ atMs: Date.now(), path: pathname, status: response.status });
    return response;
  });
  const put = async (path: string, body: unknown) => {
    const response = await polar.request(path, { method: "PUT", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`The Polar fake answered ${response.status} to PUT ${path}`);
  };
  return {
    calls,
    setSubscriptions: async (orgIds, active) => {
      for (const orgId of orgIds) await put(`/subscriptions/${orgId}`, { active });
    },
    setRateLimit: (perMinute) => put("/rate-limit", { perMinute }),
  };
}

/** The most calls within any minute. */
export const busiestMinute = (calls: PolarCall[]): number =>
  Math.max(
    0,
    ...calls.map(
      ({ atMs: start }) => calls.filter(({ atMs }) => atMs >= start && atMs - start < MINUTE_MS).length,
    ),
  );
