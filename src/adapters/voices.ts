// Voices in D1. Whose voice it is stands in the SQL: another organisation's row is never loaded.
import { and, eq, or } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { readNearest } from "./database.ts";
import { voices } from "./schema.ts";

/** What playing a voice needs to know of it. */
export type PlayableVoice = Pick<typeof voices.$inferSelect, "variant" | "r2ObjectKey" | "contentType">;

/** The system voice or `orgId`'s own voice of that id, or null. */
export function findPlayableVoice(d1: D1Database, id: string, orgId: string): Promise<PlayableVoice | null> {
  return readNearest(
    d1,
    async (db) => {
      const [voice] = await db
        .select({
          variant: voices.variant,
          r2ObjectKey: voices.r2ObjectKey,
          contentType: voices.contentType,
        })
        .from(voices)
        .where(and(eq(voices.id, id), or(eq(voices.variant, "SYSTEM"), eq(voices.orgId, orgId))))
        .limit(1);
      return voice ?? null;
    },
    (voice) => Boolean(voice?.r2ObjectKey),
  );
}

/** Fails when the database can't be read or lacks its tables. */
export async function probeVoices(d1: D1Database): Promise<void> {
  await drizzle(d1).select({ id: voices.id }).from(voices).limit(1);
}
