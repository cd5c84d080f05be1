// Generations in D1 as their maker sees them: begun, given their audio, or given up. The maker is trusted, and acts for
// any organisation.
import { and, asc, eq, isNotNull, isNull, lt, or } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { generations, isVisibleTo, voices } from "../platform/schema.ts";
import type { GenerationInput } from "./schema.ts";

export type Ingested = typeof generations.$inferSelect;

/** The audio of a generation, stored and inspected. */
export interface GenerationAudio {
  r2ObjectKey: string;
  durationSeconds: number;
  sizeBytes: number;
  audioDigest: string | null;
}

/** After which an attempt to store audio is taken for dead. */
const ATTEMPT_LASTS_MS = 2 * 60_000;

export async function findIngested(d1: D1Database, id: string): Promise<Ingested | null> {
  const [row] = await drizzle(d1).select().from(generations).where(eq(generations.id, id)).limit(1);
  return row ?? null;
}

/** Whether `orgId` may speak with that voice. */
export async function canUseVoice(d1: D1Database, voiceId: string, orgId: string): Promise<boolean> {
  const [voice] = await drizzle(d1)
    .select({ id: voices.id })
    .from(voices)
    .where(and(eq(voices.id, voiceId), isVisibleTo(orgId)))
    .limit(1);
  return voice !== undefined;
}

/** Adds a generation whose audio is to come. Answers false when one of that id is there already. */
export async function addGeneration(d1: D1Database, id: string, input: GenerationInput): Promise<boolean> {
  const added = await drizzle(d1)
    .insert(generations)
    .values({ id, ...input })
    .onConflictDoNothing()
    .returning({ id: generations.id });
  return added.length > 0;
}

/** Claims the storing of a generation's audio for `attempt`. Null when it is ready, being stored, or not there. */
export async function beginAttempt(
  d1: D1Database,
  id: string,
  attempt: string,
  now: Date,
): Promise<Ingested | null> {
  const dead = new Date(now.getTime() - ATTEMPT_LASTS_MS);
  const [claimed] = await drizzle(d1)
    .update(generations)
    .set({ attempt, attemptedAt: now })
    .where(
      and(
        eq(generations.id, id),
        isNull(generations.r2ObjectKey),
        or(isNull(generations.attempt), lt(generations.attemptedAt, dead)),
      ),
    )
    .returning();
  return claimed ?? null;
}

/** Makes the generation ready. Null when `attempt` has lost its claim. */
export async function completeGeneration(
  d1: D1Database,
  id: string,
  attempt: string,
  audio: GenerationAudio,
): Promise<Ingested | null> {
  const [completed] = await drizzle(d1)
    .update(generations)
    .set({ ...audio, attempt: null, attemptedAt: null, failedAt: null, failure: null })
    .where(and(eq(generations.id, id), eq(generations.attempt, attempt)))
    .returning();
  return completed ?? null;
}

/**
 * Makes the claim of `attempt` last from `now`, under the name `renamed`. Answers false when it is lost, or the
 * generation is ready.
 */
export async function renewAttempt(
  d1: D1Database,
  id: string,
  attempt: string,
  now: Date,
  renamed = attempt,
): Promise<boolean> {
  const renewed = await drizzle(d1)
    .update(generations)
    .set({ attempt: renamed, attemptedAt: now })
    .where(and(eq(generations.id, id), eq(generations.attempt, attempt)))
    .returning({ id: generations.id });
  return renewed.length > 0;
}

export async function endAttempt(d1: D1Database, id: string, attempt: string): Promise<void> {
  await drizzle(d1)
    .update(generations)
    .set({ attempt: null, attemptedAt: null })
    .where(and(eq(generations.id, id), eq(generations.attempt, attempt)));
}

/** An attempt to store a generation's audio; the key of the object follows from generation and owner. */
export interface Attempt extends Pick<Ingested, "id" | "orgId"> {
  attempt: string;
}

/** Up to `limit` attempts that have neither ended nor been renewed since `before`, the oldest first. */
export async function findStaleAttempts(d1: D1Database, before: Date, limit: number): Promise<Attempt[]> {
  const found = await drizzle(d1)
    .select({ id: generations.id, orgId: generations.orgId, attempt: generations.attempt })
    .from(generations)
    .where(and(isNotNull(generations.attempt), lt(generations.attemptedAt, before)))
    .orderBy(asc(generations.attemptedAt))
    .limit(limit);
  return found.flatMap(({ attempt, ...generation }) => (attempt === null ? [] : { ...generation, attempt }));
}

/** Notes that no audio will come. Null when it has come already, or the generation is not there. */
export async function failGeneration(
  d1: D1Database,
  id: string,
  failure: string,
  now: Date,
): Promise<Ingested | null> {
  const [failed] = await drizzle(d1)
    .update(generations)
    .set({ failedAt: now, failure })
    .where(and(eq(generations.id, id), isNull(generations.r2ObjectKey)))
    .returning();
  return failed ?? null;
}
