// Lists come in pages: what may be asked of one, and where the next begins.
import { decodeBase64Url, encodeBase64Url } from "hono/utils/encode";
import * as z from "zod";

const MAX_ITEMS = 100;
const DEFAULT_ITEMS = 50;
const MAX_SEARCH_CHARACTERS = 200;

/**
 * Where a page ended: the value that the list is sorted by, and the id that tells equal ones apart. Rows that come or
 * go elsewhere do not move the page behind it.
 */
export type PageEnd<Sorted> = readonly [sortedBy: Sorted, id: string];

/** One page of a list. `nextCursor` is null on the last one. */
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** The query parameters of a list that is sorted by `sortedBy`. */
export const pageQuery = <Sorted extends z.ZodType<string | number>>(sortedBy: Sorted) =>
  z.object({
    search: z
      .string("search must be a single value")
      .trim()
      .max(MAX_SEARCH_CHARACTERS, `search must have at most ${MAX_SEARCH_CHARACTERS} characters`)
      .optional()
      .meta({ description: "Part of a text, the letters A to Z in either case" }),
    limit: z.coerce
      .number<string>(`limit must be a whole number from 1 to ${MAX_ITEMS}`)
      .int(`limit must be a whole number from 1 to ${MAX_ITEMS}`)
      .min(1, "limit must be at least 1")
      .max(MAX_ITEMS, `limit must be at most ${MAX_ITEMS}`)
      .default(DEFAULT_ITEMS)
      .meta({ description: "The most items that the page may have" }),
    cursor: cursorOf(z.tuple([sortedBy, z.string()]))
      .optional()
      .meta({ description: "`nextCursor` of the page before" }),
  });

const cursorOf = <End extends z.ZodType>(pageEnd: End) =>
  z.string("cursor must be a single value").transform((cursor, context): z.output<End> => {
    const end = pageEnd.safeParse(readCursor(cursor));
    if (end.success) return end.data;
    const message = "cursor must be the nextCursor of an earlier page";
    context.issues.push({ code: "custom", message, input: cursor });
    return z.NEVER;
  });

function readCursor(cursor: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(decodeBase64Url(cursor)));
  } catch {
    return undefined;
  }
}

const writeCursor = (end: PageEnd<string | number>): string =>
  encodeBase64Url(new TextEncoder().encode(JSON.stringify(end)).buffer);

/** The page of `limit` items out of `rows`, of which there is one more when the list goes on. */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  endOf: (row: Row) => PageEnd<string | number>,
  present: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(present),
    nextCursor: last && rows.length > limit ? writeCursor(endOf(last)) : null,
  };
}

/** The schema of a page, for the API's description. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: "Asks for the next page; null on the last one" }),
  });
