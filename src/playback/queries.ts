// What playback reads from D1. Every query filters by organisation.
import { and, eq } from "drizzle-orm";
import { type ReadFrom, read } from "../platform/database.ts";
import { generations, isVisibleTo, voices } from "../platform/schema.ts";

export type PlayableGeneration = Pick<typeof generations.$inferSelect, "r2ObjectKey" | "failedAt">;
export type PlayableVoice = Pick<typeof voices.$inferSelect, "variant" | "r2ObjectKey" | "contentType">;

/** A row whose audio is stored. */
export type Ready<Row> = Row & { r2ObjectKey: string };

export const isReady = <Row extends { r2ObjectKey: string | null }>(row: Row): row is Ready<Row> =>
  row.r2ObjectKey !== null;

/** `orgId`'s generation with that id, or null. */
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
        .where(and(eq(generations.id, id), eq(generations.orgId, orgId)))
        .limit(1);
      return generation ?? null;
    },
    (generation) => generation !== null && isReady(generation),
  );
}

/** The system voice or `orgId`'s own voice with that id, or null. */
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
    (voice) => voice !== null && isReady(voice),
  );
}
