// Generations in D1. Every query filters by organisation.
import { and, desc, eq, isNotNull, isNull, or, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { contains } from "../platform/database.ts";
import { generations } from "../platform/schema.ts";
import type { GenerationListQuery } from "./schema.ts";

const PUBLIC_COLUMNS = {
  id: generations.id,
  voiceId: generations.voiceId,
  voiceName: generations.voiceName,
  text: generations.text,
  r2ObjectKey: generations.r2ObjectKey,
  failedAt: generations.failedAt,
  failureReason: generations.failureReason,
  durationSeconds: generations.durationSeconds,
  sizeBytes: generations.sizeBytes,
  codec: generations.codec,
  sampleRateHz: generations.sampleRateHz,
  channels: generations.channels,
  bitsPerSample: generations.bitsPerSample,
  peakLevel: generations.peakLevel,
  clippedShare: generations.clippedShare,
  silenceShare: generations.silenceShare,
  temperature: generations.temperature,
  topP: generations.topP,
  topK: generations.topK,
  repetitionPenalty: generations.repetitionPenalty,
  createdAt: generations.createdAt,
  updatedAt: generations.updatedAt,
};

/** `orgId`'s generation with that id, or null. Reads from the primary. */
export async function findGeneration(d1: D1Database, id: string, orgId: string) {
  const [generation] = await drizzle(d1)
    .select(PUBLIC_COLUMNS)
    .from(generations)
    .where(and(eq(generations.id, id), eq(generations.orgId, orgId)))
    .limit(1);
  return generation ?? null;
}

/** The length of a text in a list: a page of whole texts could have tens of megabytes. */
const EXCERPT_CHARACTERS = 1000;

/**
 * `orgId`'s generations after `cursor`, the newest first: at most `limit` + 1, so that the caller knows whether the list
 * continues. Reads from the primary, so that a generation that was just begun is listed.
 */
export function listGenerations(d1: D1Database, orgId: string, query: GenerationListQuery) {
  const { search, state, cursor, limit } = query;
  return drizzle(d1)
    .select({
      ...PUBLIC_COLUMNS,
      text: sql<string>`substr(${generations.text}, 1, ${EXCERPT_CHARACTERS})`,
    })
    .from(generations)
    .where(
      and(
        eq(generations.orgId, orgId),
        state && IN_STATE[state],
        search ? or(contains(generations.text, search), contains(generations.voiceName, search)) : undefined,
        cursor && sql`(${generations.createdAt}, ${generations.id}) < (${cursor[0]}, ${cursor[1]})`,
      ),
    )
    .orderBy(desc(generations.createdAt), desc(generations.id))
    .limit(limit + 1);
}

const IN_STATE = {
  ready: isNotNull(generations.r2ObjectKey),
  failed: and(isNull(generations.r2ObjectKey), isNotNull(generations.failedAt)),
  processing: and(isNull(generations.r2ObjectKey), isNull(generations.failedAt)),
};
