// Keyset pagination: the query parameters of a list, its cursors, and the page that is returned.
import { decodeBase64Url, encodeBase64Url } from "hono/utils/encode";
import * as z from "zod";

const MAX_ITEMS = 100;
const DEFAULT_ITEMS = 50;
const MAX_SEARCH_CHARACTERS = 200;
const LIMIT_MESSAGE = `limit must be a whole number from 1 to ${MAX_ITEMS}`;

/**
 * The position of a page's last item: the value that the list is sorted by, and the id, which orders equal values.
 * Rows that are inserted or deleted elsewhere do not move the following page.
 */
export type CursorKey<Sorted> = readonly [sortedBy: Sorted, id: string];

/** One page of a list. `nextCursor` is null on the last one. */
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** The query parameters of a list that is sorted by a value of the schema `sortedBy`. */
export const pageQuery = <Sorted extends z.ZodType<string | number>>(sortedBy: Sorted) =>
  z.object({
    search: z
      .string()
      .trim()
      .max(MAX_SEARCH_CHARACTERS, `search must have at most ${MAX_SEARCH_CHARACTERS} characters`)
      .optional()
      .meta({ description: "A substring; A to Z match in either case" }),
    limit: z.coerce
      .number<string>(LIMIT_MESSAGE)
      .int(LIMIT_MESSAGE)
      .min(1, "limit must be at least 1")
      .max(MAX_ITEMS, `limit must be at most ${MAX_ITEMS}`)
      .default(DEFAULT_ITEMS)
      .meta({ description: "The maximum number of items of the page" }),
    cursor: cursorSchema(z.tuple([sortedBy, z.string()]))
      .optional()
      .meta({ description: "`nextCursor` of the previous page" }),
  });

const cursorSchema = <Key extends z.ZodType>(cursorKey: Key) =>
  z.string().transform((cursor, context): z.output<Key> => {
    const key = cursorKey.safeParse(decodeCursor(cursor));
    if (key.success) return key.data;
    const message = "cursor must be the nextCursor of a previous page";
    context.issues.push({ code: "custom", message, input: cursor });
    return z.NEVER;
  });

function decodeCursor(cursor: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(decodeBase64Url(cursor)));
  } catch {
    return undefined;
  }
}

const encodeCursor = (key: CursorKey<string | number>): string =>
  encodeBase64Url(new TextEncoder().encode(JSON.stringify(key)).buffer);

/** The page of at most `limit` items from `rows`, which contain one row more when the list continues. */
export function paginate<Row, Item>(
  rows: Row[],
  limit: number,
  cursorOf: (row: Row) => CursorKey<string | number>,
  toItem: (row: Row) => Item,
): Page<Item> {
  const pageRows = rows.slice(0, limit);
  const last = pageRows.at(-1);
  return {
    items: pageRows.map(toItem),
    nextCursor: last && rows.length > limit ? encodeCursor(cursorOf(last)) : null,
  };
}

/** The schema of a page, for the OpenAPI document. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: "The cursor of the next page; null on the last one" }),
  });
