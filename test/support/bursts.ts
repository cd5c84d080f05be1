// A burst of creations by many organisations in a minute of virtual time, to several isolates.
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import worker from "../../src/index.ts";
import { newOrg } from "./fixtures.ts";
import { sessionToken } from "./tokens.ts";

const MINUTE_MS = 60_000;
/** Requests at the same time. */
const CONCURRENT = 10;

/** The answer to a creation without parameters: 400 once the subscription check has let it pass. */
export interface BurstAnswer {
  orgId: string;
  status: number;
  retryAfter: string | null;
}
export const PASSED = 400;

export const newOrgs = (count: number): string[] => Array.from({ length: count }, newOrg);

/** Sets the clock that the service and the fake see. Until `vi.useRealTimers()`. */
export const setTime = (atMs: number) => vi.useFakeTimers({ now: atMs, toFake: ["Date"] });

/** Sends one creation of each organisation, spread over the minute from `startMs` on and over `isolates` in turn. */
export async function sendBurst(orgIds: string[], isolates: Env[], startMs: number): Promise<BurstAnswer[]> {
  const answers: BurstAnswer[] = [];
  for (let sent = 0; sent < orgIds.length; sent += CONCURRENT) {
    setTime(startMs + Math.floor((sent / orgIds.length) * MINUTE_MS));
    const next = orgIds.slice(sent, sent + CONCURRENT);
    const send = (orgId: string, index: number) =>
      create(orgId, isolates[(sent + index) % isolates.length] as Env);
    answers.push(...(await Promise.all(next.map(send))));
  }
  return answers;
}

async function create(orgId: string, isolate: Env): Promise<BurstAnswer> {
  const request = new Request("https://app.example.com/api/voices/create", {
    method: "POST",
    body: "no audio",
    headers: { Authorization: `Bearer ${await sessionToken({ orgId })}`, "Content-Type": "audio/wav" },
  });
  const ctx = createExecutionContext();
  const response = await worker.fetch(request, isolate, ctx);
  await response.arrayBuffer();
  await waitOnExecutionContext(ctx);
  return { orgId, status: response.status, retryAfter: response.headers.get("Retry-After") };
}

/** How many answers have each status. */
export function statusCounts(answers: BurstAnswer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Stores that Polar confirmed an active subscription of each organisation at `atMs`. */
export const storeConfirmations = (orgIds: string[], atMs: number) =>
  env.DB.prepare(
    "insert into subscriptions (org_id, active, confirmed_at) select value, 1, ? from json_each(?)",
  )
    .bind(atMs, JSON.stringify(orgIds))
    .run();

/** How many organisations wait for the cron to ask Polar. */
export const waitingCount = async (): Promise<number> =>
  Number(
    await env.DB.prepare("select count(*) as n from subscriptions where waiting_since is not null").first(
      "n",
    ),
  );
