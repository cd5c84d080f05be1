// Generations in D1. Whose generation it is stands in the SQL: another organisation's row is never loaded.
import { and, desc, eq, isNotNull, isNull, or, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { contains, type ReadFrom, read } from "../platform/database.ts";
import { generations } from "../platform/schema.ts";
import type { GenerationListQuery } from "./schema.ts";

/** What playing a generation needs to know of it. */
export type PlayableGeneration = Pick<typeof generations.$inferSelect, "r2ObjectKey" | "failedAt">;

const isOf = (orgId: string, id: string) => and(eq(generations.id, id), eq(generations.orgId, orgId));

/** `orgId`'s generation of that id, or null. */
export function findPlayableGeneration(
  d1: D1Database,
  id: string,
  orgId: string,
  from: ReadFrom,
): Promise<PlayableGeneration | null> {
  return read(
    d1,
    from,
    async (db) => {
      const [generation] = await db
        .select({ r2ObjectKey: generations.r2ObjectKey, failedAt: generations.failedAt })
        .from(generations)
        .where(isOf(orgId, id))
        .limit(1);
      return generation ?? null;
    },
    (generation) => Boolean(generation?.r2ObjectKey),
  );
}

/** All that is told of a generation. */
const TOLD = {
  id: generations.id,
  voiceId: generations.voiceId,
  voiceName: generations.voiceName,
  text: generations.text,
  r2ObjectKey: generations.r2ObjectKey,
  failedAt: generations.failedAt,
  failure: generations.failure,
  durationSeconds: generations.durationSeconds,
  sizeBytes: generations.sizeBytes,
  temperature: generations.temperature,
  topP: generations.topP,
  topK: generations.topK,
  repetitionPenalty: generations.repetitionPenalty,
  createdAt: generations.createdAt,
  updatedAt: generations.updatedAt,
};

/** `orgId`'s generation of that id, or null. Reads from the primary. */
export async function findGeneration(d1: D1Database, id: string, orgId: string) {
  const [generation] = await drizzle(d1).select(TOLD).from(generations).where(isOf(orgId, id)).limit(1);
  return generation ?? null;
}

/** Of a text, in a list: a page of whole ones could be tens of megabytes. */
const EXCERPT_CHARACTERS = 1000;

/**
 * `orgId`'s generations behind `cursor`, the newest first: one more than `limit` when there are more. Reads from the
 * primary: what was just begun is in the list.
 */
export function listGenerations(d1: D1Database, orgId: string, query: GenerationListQuery) {
  const { search, state, cursor, limit } = query;
  return drizzle(d1)
    .select({ ...TOLD, text: sql<string>`substr(${generations.text}, 1, ${EXCERPT_CHARACTERS})` })
    .from(generations)
    .where(
      and(
        eq(generations.orgId, orgId),
        state && isInState[state],
        search ? or(contains(generations.text, search), contains(generations.voiceName, search)) : undefined,
        cursor && sql`(${generations.createdAt}, ${generations.id}) < (${cursor[0]}, ${cursor[1]})`,
      ),
    )
    .orderBy(desc(generations.createdAt), desc(generations.id))
    .limit(limit + 1);
}

const isInState = {
  ready: isNotNull(generations.r2ObjectKey),
  failed: and(isNull(generations.r2ObjectKey), isNotNull(generations.failedAt)),
  processing: and(isNull(generations.r2ObjectKey), isNull(generations.failedAt)),
};
