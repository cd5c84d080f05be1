// Keyset pagination: the query parameters of a list, its cursors, and the page that is returned.
import { decodeBase64Url, encodeBase64Url } from "hono/utils/encode";
import * as z from "zod/mini";

const MAX_ITEMS = 100;
const DEFAULT_ITEMS = 50;
export const MAX_SEARCH_CHARACTERS = 200;
/** Marks the cursor of a search. */
const SEARCH = "search";
/** The only order of a search. */
const SORT_OF_SEARCH = "-createdAt";
const LIMIT_MESSAGE = `limit must be a whole number from 1 to ${MAX_ITEMS}`;

/** The orders of a list by the name of each, with the schema of the value that it sorts by. */
type Sorts = Record<string, z.core.$ZodType<string | number>>;

type SortOf<S extends Sorts> = Extract<keyof S, string>;

/**
 * The position of a page's last item: the order of the list, the value that it sorts by, and the id, which orders equal
 * values. Rows that are inserted or deleted elsewhere do not move the following page.
 */
type Cursor<S extends Sorts> = {
  [Sort in SortOf<S>]: { sort: Sort; value: z.output<S[Sort]>; id: string };
}[SortOf<S>];

/** One page of a list. `nextCursor` is null on the last one. */
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** The query parameters of a list with these orders, the first of which is the default, and with further filters. */
export const pageQuery = <S extends Sorts, Filters extends z.core.$ZodShape>(sorts: S, filters: Filters) => {
  const [first, ...others] = Object.keys(sorts) as [SortOf<S>, ...SortOf<S>[]];
  return z
    .object({
      ...filters,
      search: z
        .optional(
          z
            .string()
            .check(
              z.trim(),
              z.maxLength(
                MAX_SEARCH_CHARACTERS,
                `search must have at most ${MAX_SEARCH_CHARACTERS} characters`,
              ),
            ),
        )
        .check(
          z.describe(
            "A substring, without regard to letter case, accents and spacing. A page can then have fewer items than " +
              "`limit`, also none, and have a `nextCursor`: the search has not yet read everything",
          ),
        ),
      sort: z
        .optional(z.enum([first, ...others], `sort must be ${[first, ...others].join(" or ")}`))
        .check(
          z.describe(
            `What the list is sorted by; descending after a hyphen. \`${first}\` when absent` +
              (first === SORT_OF_SEARCH ? "" : `; with \`search\`, only \`${SORT_OF_SEARCH}\``),
          ),
        ),
      limit: z
        ._default(
          z.coerce
            .number<string>(LIMIT_MESSAGE)
            .check(
              z.int(LIMIT_MESSAGE),
              z.minimum(1, "limit must be at least 1"),
              z.maximum(MAX_ITEMS, `limit must be at most ${MAX_ITEMS}`),
            ),
          DEFAULT_ITEMS,
        )
        .check(z.describe("The maximum number of items of the page")),
      cursor: z
        .optional(cursorSchema(sorts))
        .check(z.describe("`nextCursor` of the previous page, with the same `sort` and `search`")),
    })
    .check(
      z.refine((query) => !isSearch(query) || sortOf(query, SORT_OF_SEARCH) === SORT_OF_SEARCH, {
        path: ["sort"],
        error: `sort must be ${SORT_OF_SEARCH}, or absent, with search`,
      }),
      z.refine((query) => hasSort(query, isSearch(query) ? SEARCH : sortOf(query, first)), {
        path: ["cursor"],
        error: "cursor is of a list with another sort, or of a search",
      }),
    );
};

const isSearch = (query: object): boolean => Boolean((query as { search?: string }).search);
const sortOf = (query: object, absent: string): string => (query as { sort?: string }).sort ?? absent;
const hasSort = (query: object, sort: string): boolean => {
  const { cursor } = query as { cursor?: { sort: string } };
  return cursor === undefined || cursor.sort === sort;
};

/** What a query selects besides a search: a list in an order. */
export type ListQuery<Query extends { sort?: unknown; search?: unknown }> = Omit<Query, "sort" | "search"> & {
  sort: NonNullable<Query["sort"]>;
};

/** Where a search continues: undefined at its beginning. */
export const searchPosition = ({ cursor }: { cursor?: { value: unknown } | undefined }): number | undefined =>
  cursor && Number(cursor.value);

export const searchCursor = (position: number): string => encodeCursor(SEARCH, position, "");

const cursorSchema = <S extends Sorts>(sorts: S) =>
  z.pipe(
    z.string(),
    z.transform((text, context): Cursor<S> => {
      const [sort, value, id, ...rest] = decodeCursor(text);
      const schema = sort === SEARCH ? POSITION : schemaOf(sorts, sort);
      const parsed = schema && z.safeParse(schema, value);
      if (parsed?.success && typeof id === "string" && rest.length === 0) {
        return { sort, value: parsed.data, id } as Cursor<S>;
      }
      const message = "cursor must be the nextCursor of a previous page";
      context.issues.push({ code: "custom", message, input: text });
      return z.NEVER;
    }),
  );

const POSITION = z.int().check(z.nonnegative());

const schemaOf = (sorts: Sorts, sort: unknown) =>
  typeof sort === "string" && Object.hasOwn(sorts, sort) ? sorts[sort] : undefined;

function decodeCursor(cursor: string): unknown[] {
  try {
    const key: unknown = JSON.parse(new TextDecoder().decode(decodeBase64Url(cursor)));
    return Array.isArray(key) ? key : [];
  } catch {
    return [];
  }
}

const encodeCursor = (...key: [sort: string, value: string | number, id: string]): string =>
  encodeBase64Url(new TextEncoder().encode(JSON.stringify(key)).buffer);

/**
 * The page of at most `limit` items from `rows`, which contain one row more when the list continues. `sortedBy` is what
 * they are sorted by. Rows that are no items are left out, so that the page is shorter.
 */
export function paginate<Row extends { id: string }, Item>(
  rows: Row[],
  { limit, sort }: { limit: number; sort: string },
  sortedBy: (row: Row) => string | number,
  toItem: (row: Row) => Item,
  isItem: (row: Row) => boolean = () => true,
): Page<Item> {
  const pageRows = rows.slice(0, limit);
  const last = pageRows.at(-1);
  return {
    items: pageRows.filter(isItem).map(toItem),
    nextCursor: last && rows.length > limit ? encodeCursor(sort, sortedBy(last), last.id) : null,
  };
}
