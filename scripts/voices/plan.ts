// Which row each voice of a manifest is: the one of its id, else the system voice of its name, else a new one.
import { and, eq, inArray, ne } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { voices } from "../../src/platform/schema.ts";
import type { ManifestVoice } from "./manifest.ts";

export type SystemVoice = typeof voices.$inferSelect;

export type PlannedVoice =
  | { kind: "possible"; voice: ManifestVoice; id: string; row: SystemVoice | null }
  | { kind: "impossible"; voice: ManifestVoice; reason: string };

/** D1 takes a hundred parameters in a statement. */
const IDS_PER_QUERY = 90;

export async function planVoices(d1: D1Database, manifest: ManifestVoice[]): Promise<PlannedVoice[]> {
  const db = drizzle(d1);
  const rows = await db.select().from(voices).where(eq(voices.variant, "SYSTEM"));
  const ids = manifest.flatMap(({ id }) => id ?? []);
  const customs = await customVoicesOf(db, ids);
  const byId = new Map(rows.map((row) => [row.id, row]));
  // A row that the manifest names by its id is no other voice's, whatever it is called now.
  const named = new Set(ids);
  const unnamed = rows.filter(({ id }) => !named.has(id));
  return manifest.map((voice) => {
    const impossible = (reason: string) => ({ kind: "impossible", voice, reason }) as const;
    if (voice.id !== undefined) {
      if (customs.has(voice.id)) return impossible(`${voice.id} is the id of an organisation's own voice`);
      return { kind: "possible", voice, id: voice.id, row: byId.get(voice.id) ?? null };
    }
    const [row, second] = unnamed.filter(({ name }) => name === voice.name);
    if (second) {
      return impossible(`${row?.id} and ${second.id} are both called so: say by an "id" which one is meant`);
    }
    return { kind: "possible", voice, id: row?.id ?? crypto.randomUUID(), row: row ?? null };
  });
}

async function customVoicesOf(db: DrizzleD1Database, ids: string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
    const some = inArray(voices.id, ids.slice(start, start + IDS_PER_QUERY));
    const rows = await db
      .select({ id: voices.id })
      .from(voices)
      .where(and(some, ne(voices.variant, "SYSTEM")));
    for (const { id } of rows) found.add(id);
  }
  return found;
}
