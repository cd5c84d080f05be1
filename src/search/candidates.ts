// Finds the documents that have the tokens of a query: candidates, which may be outdated or not match.
import { type Kind, type Owner, scopeOf } from "./documents.ts";

/** The ids of the documents of a scope, from the first to the last. */
export interface IdRange {
  first: number;
  last: number;
}

/** The documents of each of `owners` that has some, in their order. */
export async function findScopes(
  index: D1Database,
  kind: Kind,
  owners: readonly Owner["orgId"][],
): Promise<IdRange[]> {
  const { results } = await index
    .prepare(
      `select s.id << 28 as first,
         (select max(id) from documents where id between s.id << 28 and (s.id + 1 << 28) - 1) as last
       from json_each(?2) j join scopes s on s.kind = ?1 and s.org_id = j.value
       order by j.key`,
    )
    .bind(kind, JSON.stringify(owners.map((orgId) => orgId ?? "")))
    .all<{ first: number; last: number | null }>();
  return results.flatMap(({ first, last }) => (last === null ? [] : [{ first, last }]));
}

/** The rest of `ranges` from the document `from` on; null when it is of another scope. */
export function rangesFrom(ranges: readonly IdRange[], from: number): IdRange[] | null {
  const start = ranges.findIndex(({ first }) => scopeOf(first) === scopeOf(from));
  const [range, ...others] = ranges.slice(start);
  if (start === -1 || !range) return null;
  return [{ first: range.first, last: Math.min(range.last, from) }, ...others];
}

export interface Candidate {
  id: number;
  objectId: string;
}

/** The first `limit` documents in the range that `expression` matches, the newest first. */
export async function findCandidates(
  index: D1Database,
  expression: string,
  { first, last }: IdRange,
  limit: number,
): Promise<Candidate[]> {
  // D1 binds each number as a real one, and FTS5 skips to integers only: it would read every document before the range.
  const { results } = await index
    .prepare(
      `select d.id, d.object_id as objectId
       from tokens join documents d on d.id = tokens.rowid
       where tokens match ? and tokens.rowid between cast(? as integer) and cast(? as integer)
       order by tokens.rowid desc limit ?`,
    )
    .bind(expression, first, last, limit)
    .all<Candidate>();
  return results;
}
