// Metering events in the outbox, and what the Polar fake has of them.
import { env } from "cloudflare:workers";
import { createPolarCore } from "@polar-sh/sdk/2026-10";
import { ingestEvents } from "@polar-sh/sdk/2026-10/services/events";
import { polarCalls } from "../support/fixtures.ts";

export interface GivenEvents {
  orgId?: string;
  name?: string;
  occurredAt?: number;
  dueAt?: number;
}

/** `count` events in the outbox, which are due now. Returns the prefix of their ids, which a number follows. */
export async function givenEvents(
  count: number,
  { orgId = "org_metered", name = "voice_creation", occurredAt = Date.now(), dueAt = 0 }: GivenEvents = {},
): Promise<string> {
  const prefix = `${crypto.randomUUID()}/`;
  await env.DB.prepare(
    `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ?)
     insert into metering_events (id, name, org_id, occurred_at, due_at)
     select ? || n, ?, ?, ?, ? + n from numbers where n <= ?`,
  )
    .bind(count, prefix, name, orgId, occurredAt, dueAt, count)
    .run();
  return prefix;
}

export const numberOf = async (condition: string, table = "metering_events") =>
  (await env.DB.prepare(`select count(*) as n from ${table} where ${condition}`).first<number>("n")) ?? 0;

export const undelivered = async () =>
  (await env.DB.prepare("select * from metering_events where delivered_at is null").all()).results;

/** How many requests with events Polar has received. */
export const ingests = (): Promise<number> => polarCalls("/events/ingest");

export const total = () => env.DB.prepare("select events, duplicates from metering_totals").first();

export const emptyMetering = () =>
  env.DB.batch(
    ["metering_events", "metering_totals", "polar_call_budget"].map((table) =>
      env.DB.prepare(`delete from ${table}`),
    ),
  );

export interface ReceivedEvent {
  name: string;
  external_id: string;
  external_customer_id: string;
  duplicates: number;
}

/** Every event that the Polar fake has. */
export async function receivedEvents(): Promise<ReceivedEvent[]> {
  const response = await fetch("https://polar.test/events");
  return ((await response.json()) as { items: ReceivedEvent[] }).items;
}

/** Sends events to Polar as another program would that has the same token. */
export async function sendForeign(count: number, name: string, occurredAt: Date): Promise<void> {
  const polar = createPolarCore({ accessToken: env.POLAR_ACCESS_TOKEN, baseUrl: env.POLAR_BASE_URL });
  const timestamp = occurredAt.toISOString();
  await ingestEvents(polar)({
    events: Array.from({ length: count }, () => ({ name, timestamp, external_customer_id: "org_foreign" })),
  });
}

/** How many meters of the Polar account match each event. */
export const givenMatchingMeters = (matching: number) =>
  fetch("https://polar.test/meters", { method: "PUT", body: JSON.stringify({ matching }) });
