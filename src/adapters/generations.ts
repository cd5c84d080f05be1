// Generations in D1. Whose generation it is stands in the SQL: another organisation's row is never loaded.
import { and, eq } from "drizzle-orm";
import { readNearest } from "./database.ts";
import { generations } from "./schema.ts";

/** What playing a generation needs to know of it. */
export type PlayableGeneration = Pick<typeof generations.$inferSelect, "r2ObjectKey">;

/** `orgId`'s generation of that id, or null. */
export function findPlayableGeneration(
  d1: D1Database,
  id: string,
  orgId: string,
): Promise<PlayableGeneration | null> {
  return readNearest(
    d1,
    async (db) => {
      const [generation] = await db
        .select({ r2ObjectKey: generations.r2ObjectKey })
        .from(generations)
        .where(and(eq(generations.id, id), eq(generations.orgId, orgId)))
        .limit(1);
      return generation ?? null;
    },
    (generation) => Boolean(generation?.r2ObjectKey),
  );
}
