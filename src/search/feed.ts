// Brings the changes of voices and generations into the search index. An entry of the outbox stays until the index has
// it, and may be applied again, late, and by several runs at once.
import { and, asc, eq, inArray, isNull, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { isOneOf, retryIdempotent } from "../platform/database.ts";
import { generations, voices } from "../platform/schema.ts";
import { searchChanges } from "../platform/schema-outboxes.ts";
import { type IndexedObject, type Owner, writeDocuments } from "./documents.ts";
import { GENERATION_TEXTS, textsOfGeneration, textsOfVoice, VOICE_TEXTS } from "./texts.ts";

/** The main database, and that of the index. */
export interface Databases {
  database: D1Database;
  index: D1Database;
}

/** Applies up to `limit` changes, the earliest first. Returns how many. */
export const applyChanges = (databases: Databases, limit: number): Promise<number> =>
  apply(databases, undefined, limit);

/** Like {@link applyChanges}, of one owner. */
export const applyChangesOf = (
  databases: Databases,
  { kind, orgId }: Owner,
  limit: number,
): Promise<number> => {
  const isOwners = orgId === null ? isNull(searchChanges.orgId) : eq(searchChanges.orgId, orgId);
  return apply(databases, and(isOwners, eq(searchChanges.kind, kind)), limit);
};

async function apply({ database, index }: Databases, which: SQL | undefined, limit: number): Promise<number> {
  const { changes, objects } = await readChanges(database, which, limit);
  if (changes.length === 0) return 0;
  await writeDocuments(index, objects, new Date());
  const sequences = changes.map(({ sequence }) => sequence);
  await retryIdempotent(async () =>
    drizzle(database).delete(searchChanges).where(isOneOf(searchChanges.sequence, sequences)),
  );
  return changes.length;
}

/** The changes, and what they have changed as it is: read in one transaction, so that it is not older than they are. */
async function readChanges(database: D1Database, which: SQL | undefined, limit: number) {
  const db = drizzle(database);
  const pending = db
    .select()
    .from(searchChanges)
    .where(which)
    .orderBy(asc(searchChanges.sequence))
    .limit(limit);
  const ids = () =>
    db
      .select({ objectId: searchChanges.objectId })
      .from(searchChanges)
      .where(which)
      .orderBy(asc(searchChanges.sequence))
      .limit(limit);
  const [changes, voiceRows, generationRows] = await db.batch([
    pending,
    db
      .select({ id: voices.id, orgId: voices.orgId, ...VOICE_TEXTS })
      .from(voices)
      .where(inArray(voices.id, ids())),
    db
      .select({ id: generations.id, orgId: generations.orgId, ...GENERATION_TEXTS })
      .from(generations)
      .where(inArray(generations.id, ids())),
  ]);
  const texts = new Map([
    ...voiceRows.map((row) => [keyOf("voice", row.orgId, row.id), textsOfVoice(row)] as const),
    ...generationRows.map((row) => [keyOf("generation", row.orgId, row.id), textsOfGeneration(row)] as const),
  ]);
  // The last change of each object, in the order of the first: the index numbers new objects in their order.
  const objects = new Map<string, IndexedObject>();
  for (const { kind, orgId, objectId, sequence } of changes) {
    const key = keyOf(kind, orgId, objectId);
    objects.set(key, { kind, orgId, objectId, sequence, texts: texts.get(key) ?? null });
  }
  return { changes, objects: [...objects.values()] };
}

/** An id can be used again by another organisation, after a deletion. */
const keyOf = (kind: string, orgId: string | null, objectId: string) => `${kind}/${orgId ?? ""}/${objectId}`;
