// Writes the documents of the search index. A document belongs to a scope: the voices or generations of one organisation,
// or the system voices. Its id is the number of its scope, and a number within it that increases: the newest document has
// the highest. The tokens of a scope are in blocks, so that a query never reads more than a block, however many there are.
import { documentTokens } from "./grams.ts";

export type Kind = "voice" | "generation";

/** Of an id: the number within the scope. Also in the SQL, as JavaScript shifts 32 bits only. */
const NUMBER_BITS = 28;
/** Intersecting the lists of four tokens in a block takes about seven milliseconds (bench/measure-search.ts). */
const DOCUMENTS_PER_BLOCK = 2 ** 17;
/** D1 accepts values of two million bytes; a character has at most three. */
const MAX_TOKEN_CHARACTERS = 500_000;

/** The sequence of a new document, which has no tokens yet: earlier than any change. */
const NEVER_WRITTEN = -1;

/** Whose voices or generations. */
export interface Owner {
  kind: Kind;
  /** Null for the system voices. */
  orgId: string | null;
}

/** A voice or generation as of a change: `texts` is null when there is none. */
export interface IndexedObject extends Owner {
  objectId: string;
  sequence: number;
  texts: string[] | null;
}

/** The scope of a document. */
export const scopeOf = (id: number): number => Math.floor(id / 2 ** NUMBER_BITS);
/** The block of a document, and the first id in it. */
export const blockOf = (id: number): number => Math.floor(id / DOCUMENTS_PER_BLOCK);
export const firstOfBlock = (block: number): number => block * DOCUMENTS_PER_BLOCK;

/** How the statements receive owners and objects: as rows of JSON. */
const ownerValues = ({ kind, orgId }: Owner) => [kind, orgId ?? ""];

/**
 * Writes `objects`, each once, in their order. One that the index has as of the same or a later change stays as it is, so
 * that this may be repeated, late, and at the same time by several writers.
 */
export async function writeDocuments(
  index: D1Database,
  objects: readonly IndexedObject[],
  now: Date,
): Promise<void> {
  if (objects.length === 0) return;
  let chunk: Document[] = [];
  let characters = 0;
  for (const document of await numberDocuments(index, objects)) {
    const length = document.tokens?.length ?? 0;
    if (chunk.length > 0 && characters + length > MAX_TOKEN_CHARACTERS) {
      await index.batch(writeStatements(index, chunk, now));
      chunk = [];
      characters = 0;
    }
    chunk.push(document);
    characters += length;
  }
  await index.batch(writeStatements(index, chunk, now));
}

interface Document {
  id: number;
  sequence: number;
  tokens: string | null;
}

/** Each row of the parameter, with its scope. */
const IN_SCOPES = "json_each(?1) j join scopes s on s.kind = j.value ->> 0 and s.org_id = j.value ->> 1";

/** The documents of `objects`. New ones follow the last one of their scope. */
async function numberDocuments(index: D1Database, objects: readonly IndexedObject[]): Promise<Document[]> {
  const keys = JSON.stringify(objects.map((object) => [...ownerValues(object), object.objectId]));
  const [, , numbered] = await index.batch<{ id: number; position: number }>([
    index
      .prepare(
        `insert into scopes (kind, org_id)
         select distinct value ->> 0, value ->> 1 from json_each(?1) where true on conflict do nothing`,
      )
      .bind(keys),
    index
      .prepare(
        `insert into documents (id, scope_id, object_id, sequence)
         select
           coalesce(
             (select max(id) from documents
              where id between s.id << ${NUMBER_BITS} and (s.id + 1 << ${NUMBER_BITS}) - 1),
             s.id << ${NUMBER_BITS}
           ) + row_number() over (partition by s.id order by j.key),
           s.id, j.value ->> 2, ${NEVER_WRITTEN}
         from ${IN_SCOPES}
         where not exists (
           select 1 from documents d where d.scope_id = s.id and d.object_id = j.value ->> 2
         )`,
      )
      .bind(keys),
    index
      .prepare(
        `select j.key as position, d.id from ${IN_SCOPES}
         join documents d on d.scope_id = s.id and d.object_id = j.value ->> 2`,
      )
      .bind(keys),
  ]);
  const ids = new Map(numbered?.results.map(({ position, id }) => [position, id]));
  return objects.map(({ sequence, texts }, position) => {
    const id = ids.get(position);
    if (id === undefined) throw new Error("a document that was just inserted does not exist");
    return { id, sequence, tokens: texts && documentTokens(blockOf(id), texts) };
  });
}

/** Rows of the parameter, with those documents that have an earlier change. */
const EARLIER = "json_each(?1) j join documents d on d.id = j.value ->> 0 and d.sequence < j.value ->> 1";

const HAS_TOKENS = `d.deleted_at is null and d.sequence > ${NEVER_WRITTEN}`;

function writeStatements(
  index: D1Database,
  documents: readonly Document[],
  now: Date,
): D1PreparedStatement[] {
  const hasTokens = JSON.stringify(
    documents.map(({ id, sequence, tokens }) => [id, sequence, tokens !== null]),
  );
  const tokens = JSON.stringify(documents.map(({ id, sequence, tokens }) => [id, sequence, tokens]));
  return [
    index
      .prepare(`delete from tokens where rowid in (select d.id from ${EARLIER} where ${HAS_TOKENS})`)
      .bind(hasTokens),
    // By id: FTS5 writes a segment for each descent.
    index
      .prepare(
        `insert into tokens (rowid, grams)
         select d.id, j.value ->> 2 from ${EARLIER} where j.value ->> 2 is not null order by d.id`,
      )
      .bind(tokens),
    index
      .prepare(
        `update documents set sequence = j.value ->> 1, deleted_at = iif(j.value ->> 2, null, ?2)
         from json_each(?1) j
         where documents.id = j.value ->> 0 and documents.sequence < j.value ->> 1`,
      )
      .bind(hasTokens, now.getTime()),
  ];
}

/** Forgets up to `limit` deletions before `before`. */
export async function forgetDeletions(index: D1Database, before: Date, limit: number): Promise<void> {
  await index
    .prepare(
      `delete from documents where id in (
         select id from documents where deleted_at < ? order by deleted_at limit ?
       )`,
    )
    .bind(before.getTime(), limit)
    .run();
}

/** Delete the whole index. */
export const clearStatements = (index: D1Database): D1PreparedStatement[] => [
  index.prepare("insert into tokens (tokens) values ('delete-all')"),
  index.prepare("delete from documents"),
  index.prepare("delete from scopes"),
];
