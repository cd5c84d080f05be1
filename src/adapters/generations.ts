// Generations in D1. Whose generation it is stands in the SQL: another organisation's row is never loaded.
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { generations } from "./schema.ts";

/** `orgId`'s generation of that id as far as playing needs it, or null. */
export async function findPlayableGeneration(d1: D1Database, id: string, orgId: string) {
  const [generation] = await drizzle(d1)
    .select({ r2ObjectKey: generations.r2ObjectKey })
    .from(generations)
    .where(and(eq(generations.id, id), eq(generations.orgId, orgId)))
    .limit(1);
  return generation ?? null;
}
