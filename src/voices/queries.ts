// Voices in D1. Whose voice it is stands in the SQL: another organisation's row is never loaded.
import { and, asc, eq, or, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { contains, type ReadFrom, read } from "../platform/database.ts";
import { isVisibleTo, voices } from "../platform/schema.ts";
import type { VoiceListQuery } from "./schema.ts";

/** What playing a voice needs to know of it. */
export type PlayableVoice = Pick<typeof voices.$inferSelect, "variant" | "r2ObjectKey" | "contentType">;

/** The system voice or `orgId`'s own voice of that id, or null. */
export function findPlayableVoice(
  d1: D1Database,
  id: string,
  orgId: string,
  from: ReadFrom,
): Promise<PlayableVoice | null> {
  return read(
    d1,
    from,
    async (db) => {
      const [voice] = await db
        .select({
          variant: voices.variant,
          r2ObjectKey: voices.r2ObjectKey,
          contentType: voices.contentType,
        })
        .from(voices)
        .where(and(eq(voices.id, id), isVisibleTo(orgId)))
        .limit(1);
      return voice ?? null;
    },
    (voice) => Boolean(voice?.r2ObjectKey),
  );
}

/** All that is told of a voice. */
const TOLD = {
  id: voices.id,
  name: voices.name,
  description: voices.description,
  category: voices.category,
  language: voices.language,
  variant: voices.variant,
  r2ObjectKey: voices.r2ObjectKey,
  contentType: voices.contentType,
  durationSeconds: voices.durationSeconds,
  sizeBytes: voices.sizeBytes,
  createdAt: voices.createdAt,
  updatedAt: voices.updatedAt,
};

/** The system voice or `orgId`'s own voice of that id, or null. Reads from the primary. */
export async function findVoice(d1: D1Database, id: string, orgId: string) {
  const [voice] = await drizzle(d1)
    .select(TOLD)
    .from(voices)
    .where(and(eq(voices.id, id), isVisibleTo(orgId)))
    .limit(1);
  return voice ?? null;
}

/**
 * The voices that `orgId` sees, by name and behind `cursor`: one more than `limit` when there are more. Reads from the
 * primary: what was just created is in the list.
 */
export function listVoices(d1: D1Database, orgId: string, query: VoiceListQuery) {
  const { search, category, variant, language, cursor, limit } = query;
  const byName = sql`lower(${voices.name})`;
  return drizzle(d1)
    .select(TOLD)
    .from(voices)
    .where(
      and(
        isVisibleTo(orgId),
        category && eq(voices.category, category),
        variant && eq(voices.variant, variant),
        language ? isOfLanguage(language) : undefined,
        search ? or(contains(voices.name, search), contains(voices.description, search)) : undefined,
        cursor && sql`(${byName}, ${voices.id}) > (lower(${cursor[0]}), ${cursor[1]})`,
      ),
    )
    .orderBy(byName, asc(voices.id))
    .limit(limit + 1);
}

/** RFC 4647 §3.3.1: the range itself, or a tag that goes on with a hyphen behind it. */
const isOfLanguage = (range: string): SQL =>
  sql`instr(lower(${voices.language}) || '-', lower(${range}) || '-') = 1`;

/** Fails when the database can't be read or lacks its tables. */
export async function probeVoices(d1: D1Database): Promise<void> {
  await drizzle(d1).select({ id: voices.id }).from(voices).limit(1);
}
