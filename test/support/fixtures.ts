// Fixtures of a test: rows in D1, objects in R2, customers at the Polar fake, recordings.
import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import worker from "../../src/index.ts";
import { generations, voices } from "../../src/platform/schema.ts";
import { recordGenerationChanges, recordVoiceChanges } from "../../src/search/changes.ts";

type VoiceRow = typeof voices.$inferInsert;
type GenerationRow = typeof generations.$inferInsert;

interface StoredObject {
  storedContentType?: string;
  bytes?: Uint8Array;
}

/** The state of a row's audio: stored, not stored yet, or named by the row but missing in R2. */
export type AudioState = "ready" | "processing" | "object missing";

const AUDIO_BYTES = new TextEncoder().encode("RIFF stands for the audio here");
export const AUDIO_TEXT = new TextDecoder().decode(AUDIO_BYTES);

async function givenObject(
  key: string,
  state: AudioState,
  { contentType, bytes = AUDIO_BYTES }: { contentType: string; bytes?: Uint8Array | undefined },
): Promise<string | null> {
  if (state === "processing") return null;
  if (state === "ready") await env.AUDIO.put(key, bytes, { httpMetadata: { contentType } });
  return key;
}

/** Inserts a voice of `orgId`, or a system voice when that is null. Returns its id. */
export async function givenVoice(
  orgId: string | null,
  state: AudioState = "ready",
  row: Partial<VoiceRow> & StoredObject = {},
): Promise<string> {
  const { storedContentType = "audio/mpeg", bytes, ...columns } = row;
  const id = columns.id ?? crypto.randomUUID();
  const key = orgId ? `voices/orgs/${orgId}/${id}` : `voices/system/${id}`;
  const r2ObjectKey = await givenObject(key, state, { contentType: storedContentType, bytes });
  const variant = orgId ? "CUSTOM" : "SYSTEM";
  const db = drizzle(env.DB);
  await db.batch([
    db.insert(voices).values({ id, orgId, variant, r2ObjectKey, name: "Test voice", ...columns }),
    recordVoiceChanges(db, eq(voices.id, id)),
  ]);
  return id;
}

/** Inserts a generation of `orgId`. Returns its id. */
export async function givenGeneration(
  orgId: string,
  state: AudioState = "ready",
  row: Partial<GenerationRow> & StoredObject = {},
): Promise<string> {
  const { storedContentType = "audio/wav", bytes, ...columns } = row;
  const id = columns.id ?? crypto.randomUUID();
  const r2ObjectKey = await givenObject(`generations/orgs/${orgId}/${id}`, state, {
    contentType: storedContentType,
    bytes,
  });
  const db = drizzle(env.DB);
  await db.batch([
    db
      .insert(generations)
      .values({ id, orgId, r2ObjectKey, voiceName: "Test voice", text: "Hello", ...columns }),
    recordGenerationChanges(db, eq(generations.id, id)),
  ]);
  return id;
}

/** A file of test/fixtures. */
export const fixture = async (name: string): Promise<ArrayBuffer> =>
  (await env.FIXTURES.fetch(`http://fixtures/${name}`)).arrayBuffer();

/** The id of a new organisation, so that tests do not share data. */
export const newOrg = () => `org_${crypto.randomUUID().replaceAll("-", "")}`;

/** An organisation that is a customer of Polar, with or without an active subscription. Returns its id. */
export async function givenCustomer({ active }: { active: boolean }): Promise<string> {
  const orgId = newOrg();
  await setSubscription(orgId, active);
  return orgId;
}

/** A customer whose subscription is stored: otherwise it would be, in the background, between the other operations. */
export async function givenSubscriber(): Promise<string> {
  const orgId = await givenCustomer({ active: true });
  await env.DB.prepare("insert into subscriptions (org_id, active, confirmed_at) values (?, 1, ?)")
    .bind(orgId, Date.now())
    .run();
  return orgId;
}

/** Starts or ends a subscription at Polar; the service is not notified. */
export const setSubscription = (orgId: string, active: boolean) =>
  polar(`/subscriptions/${orgId}`, "PUT", { active });

interface PolarFault {
  target: "events" | "customers" | "event_list";
  kind: "status" | "hang" | "lose_response" | "version_removed" | "drop_events" | "report_fewer";
  status?: number;
  times?: number;
  retryAfter?: number;
}

export const givenPolarFault = (fault: PolarFault) => polar("/faults", "PUT", fault);
export const endPolarFaults = () => polar("/faults", "DELETE");

/** Resets the Polar fake, and forgets its Retry-After: tests go back in time. */
export async function resetPolar(): Promise<void> {
  await polar("/", "DELETE");
  await env.DB.prepare("delete from polar_call_budget").run();
}

/** How many requests the Polar fake received for a path below /v1 since the last reset. */
export async function polarCalls(path: string): Promise<number> {
  const calls = (await (await polar("/calls", "GET")).json()) as Record<string, number>;
  return calls[path] ?? 0;
}

/** The events that Polar has received for an organisation. */
export async function meteredEvents(orgId: string): Promise<Record<string, unknown>[]> {
  const { items } = (await (await polar("/events", "GET")).json()) as { items: Record<string, unknown>[] };
  return items.filter((item) => item.external_customer_id === orgId);
}

async function polar(path: string, method: string, body?: unknown): Promise<Response> {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`https://polar.test${path}`, { method, ...init });
  if (!response.ok) throw new Error(`The Polar fake answered ${response.status} to ${method} ${path}`);
  return response;
}

/** Runs the cron as if `minutesLater` minutes had passed. */
export async function runCron({
  minutesLater = 0,
  env: overrides = {},
}: {
  minutesLater?: number;
  env?: Partial<Env>;
} = {}): Promise<void> {
  const scheduledTime = new Date(Date.now() + minutesLater * 60_000);
  const ctx = createExecutionContext();
  await worker.scheduled(createScheduledController({ scheduledTime, cron: "* * * * *" }), {
    ...env,
    ...overrides,
  });
  await waitOnExecutionContext(ctx);
}

export const NOTHING_STORED = { rows: 0, objects: 0, events: 0 };
export const ONE_VOICE_STORED = { rows: 1, objects: 1, events: 1 };

/** What is stored for an organisation's voices: all zero after a rejected or rolled-back upload. */
export async function storedCounts(
  orgId: string,
): Promise<{ rows: number; objects: number; events: number }> {
  const rows = await env.DB.prepare("select count(*) as n from voices where org_id = ?")
    .bind(orgId)
    .first<number>("n");
  const { objects } = await env.AUDIO.list({ prefix: `voices/orgs/${orgId}/` });
  return { rows: rows ?? 0, objects: objects.length, events: (await meteredEvents(orgId)).length };
}
