// One page of a search. The index names candidates; the main database has the rows, and the rows decide: what is deleted,
// of another organisation, filtered out or does not contain the text is on no page. What a page may read is bounded, so
// that it can have fewer items than asked for, also none, and not be the last one.
import { ApiError } from "../platform/errors.ts";
import { isBuilt } from "./build.ts";
import { type Candidate, findCandidates, findScopes, type IdRange, rangesFrom } from "./candidates.ts";
import { blockOf, firstOfBlock, type Kind, type Owner } from "./documents.ts";
import { applyChangesOf, type Databases } from "./feed.ts";
import { foldText } from "./fold.ts";
import { matchExpression } from "./grams.ts";
import { containsFolded } from "./texts.ts";

/** Changes that a search applies first, so that a user finds what was just made. The cron applies the others. */
const MAX_CHANGES = 200;
/** Each is read from the index, and then from the main database: at most five rows. */
const MAX_CANDIDATES = 300;
/** Each reads at most one block. */
const MAX_QUERIES = 5;
const RETRY_AFTER_SECONDS = 60;

export interface Search<Row> {
  kind: Kind;
  /** Whose voices or generations, in the order of the results. Null for the system voices. */
  owners: readonly Owner["orgId"][];
  text: string;
  limit: number;
  /** {@link SearchPage.next} of the previous page. */
  from: number | undefined;
  /** Reads those of the rows with these ids that the organisation may see and that pass the filters. */
  load: (ids: string[]) => Promise<Row[]>;
  /** The texts of a row that are searched. */
  textsOf: (row: NoInfer<Row>) => string[];
}

export interface SearchPage<Row> {
  rows: Row[];
  /** Where the next page begins; null when this is the last one. */
  next: number | null;
}

/**
 * Finds the next rows that contain the text, of each owner the newest first.
 * @throws {ApiError} `search_unavailable`, or `invalid_input` when `from` is of another search
 */
export async function searchPage<Row extends { id: string }>(
  databases: Databases,
  search: Search<Row>,
): Promise<SearchPage<Row>> {
  const { limit, from } = search;
  const needle = foldText(search.text).trim();
  // Of marks and invisible characters alone.
  if (needle === "") return { rows: [], next: null };
  const ranges = await requireIndex(findRanges(databases, search));
  const rows: Row[] = [];
  let candidatesLeft = MAX_CANDIDATES;
  let queriesLeft = MAX_QUERIES;
  for (const { first, last } of from === undefined ? ranges : continueAt(ranges, from)) {
    for (let id = last; id >= first; ) {
      if (candidatesLeft === 0 || queriesLeft === 0) return { rows, next: id };
      const block = blockOf(id);
      const range = { first: firstOfBlock(block), last: id };
      // Mostly, each candidate matches: the first query is enough for a page, and shows whether there is another.
      const count = queriesLeft === MAX_QUERIES ? limit + 1 : candidatesLeft;
      const expression = matchExpression(block, needle);
      const candidates = await requireIndex(findCandidates(databases.index, expression, range, count));
      queriesLeft -= 1;
      candidatesLeft -= candidates.length;
      for (const match of await loadMatches(candidates, needle, search)) {
        if (rows.length === limit) return { rows, next: match.id };
        rows.push(match.row);
      }
      id = (candidates.length < count ? range.first : Number(candidates.at(-1)?.id)) - 1;
    }
  }
  return { rows, next: null };
}

/** @throws {ApiError} `search_unavailable` when `work` fails: lists without a search do not need the index */
async function requireIndex<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw cause instanceof ApiError ? cause : unavailable(cause);
  }
}

const unavailable = (cause: unknown) =>
  new ApiError("search_unavailable", { cause, headers: { "Retry-After": String(RETRY_AFTER_SECONDS) } });

/** The ranges of the owners, with the organisation's latest changes. */
async function findRanges<Row>(databases: Databases, { kind, owners }: Search<Row>): Promise<IdRange[]> {
  const find = () => findScopes(databases.index, kind, owners);
  const [isComplete, ranges] = await Promise.all([isBuilt(databases.index), find()]);
  if (!isComplete) throw unavailable("the search index is being built");
  let applied = 0;
  for (const orgId of owners) applied += await applyChangesOf(databases, { kind, orgId }, MAX_CHANGES);
  return applied === 0 ? ranges : find();
}

/** @throws {ApiError} `invalid_input` when `from` is in none of the ranges */
function continueAt(ranges: IdRange[], from: number): IdRange[] {
  const rest = rangesFrom(ranges, from);
  if (rest) return rest;
  const message = "cursor must be the nextCursor of a previous page of the same search";
  throw new ApiError("invalid_input", {
    members: { issues: [{ code: "custom", message, path: ["cursor"] }] },
  });
}

/** Those of `candidates` that match, in their order. */
async function loadMatches<Row extends { id: string }>(
  candidates: Candidate[],
  needle: string,
  { load, textsOf }: Search<Row>,
): Promise<{ id: number; row: Row }[]> {
  if (candidates.length === 0) return [];
  const rows = new Map((await load(candidates.map(({ objectId }) => objectId))).map((row) => [row.id, row]));
  return candidates.flatMap(({ id, objectId }) => {
    const row = rows.get(objectId);
    return row && containsFolded(textsOf(row), needle) ? [{ id, row }] : [];
  });
}
