// Reads the voices in D1 that a manifest may match.
import { and, eq, getTableColumns, inArray, ne } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { voices } from "../../src/platform/schema.ts";
import type { ManifestVoice } from "./manifest.ts";
import type { ExistingVoices } from "./plan.ts";

/** D1 binds at most 100 parameters in a statement. */
const IDS_PER_QUERY = 90;

const {
  nameKey,
  languageRange1,
  languageRange2,
  languageRange3,
  peakLevel,
  clippedShare,
  silenceShare,
  peaks,
  ...ROW_COLUMNS
} = getTableColumns(voices);

export async function findExistingVoices(
  database: D1Database,
  manifest: readonly ManifestVoice[],
): Promise<ExistingVoices> {
  const db = drizzle(database);
  const systemVoices = await db.select(ROW_COLUMNS).from(voices).where(eq(voices.variant, "SYSTEM"));
  const ids = manifest.flatMap(({ id }) => id ?? []);
  const customIds = new Set<string>();
  for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
    const isRequested = inArray(voices.id, ids.slice(start, start + IDS_PER_QUERY));
    const rows = await db
      .select({ id: voices.id })
      .from(voices)
      .where(and(isRequested, ne(voices.variant, "SYSTEM")));
    for (const { id } of rows) customIds.add(id);
  }
  return { systemVoices, customIds };
}
