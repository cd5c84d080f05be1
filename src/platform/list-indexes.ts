// The indexes of the lists: with each combination of filters and each order, a page is one range of one of them, whatever
// the organisation holds.
import { isNotNull, type SQL, sql } from "drizzle-orm";
import { index, type SQLiteColumn, text } from "drizzle-orm/sqlite-core";

const virtualText = (name: string, expression: SQL) =>
  text(name).generatedAlwaysAs(expression, { mode: "virtual" });

/** The language up to the subtag that follows those of `column`; null where none follows. */
const oneSubtagMore = (column: string): SQL => {
  const length = `length("${column}")`;
  const end = `${length} + instr(substr("language", ${length} + 2) || '-', '-')`;
  return sql.raw(`case when length("language") > ${length} then substr(lower("language"), 1, ${end}) end`);
};

/**
 * The language ranges of one, two and three subtags that a voice's language matches, in lower case (RFC 4647 §3.3.1):
 * a filter by such a range is an equality. Null where the language has fewer subtags. Not stored.
 */
export const languageRanges = {
  languageRange1: virtualText(
    "language_range_1",
    sql.raw(`substr(lower("language"), 1, instr("language" || '-', '-') - 1)`),
  ),
  languageRange2: virtualText("language_range_2", oneSubtagMore("language_range_1")),
  languageRange3: virtualText("language_range_3", oneSubtagMore("language_range_2")),
};

type VoiceListColumn = keyof typeof languageRanges | "id" | "orgId" | "category" | "nameKey" | "createdAt";

/** One for each order and combination of filters. Those of a second and third subtag leave out voices without it. */
export function voiceListIndexes(table: Record<VoiceListColumn, SQLiteColumn>) {
  const { id, orgId, category, nameKey, createdAt, languageRange1, languageRange2, languageRange3 } = table;
  const filters = [
    { named: "", columns: [] },
    { named: "_language_1", columns: [languageRange1] },
    { named: "_language_2", columns: [languageRange2], where: isNotNull(languageRange2) },
    { named: "_language_3", columns: [languageRange3], where: isNotNull(languageRange3) },
  ];
  const withCategory = filters.map(({ named, columns, where }) => ({
    named: `_category${named}`,
    columns: [category, ...columns],
    where,
  }));
  return [...filters, ...withCategory].flatMap(({ named, columns, where }) =>
    Object.entries({ name: nameKey, time: createdAt }).map(([order, sortKey]) => {
      const built = index(`voices_by${named}_${order}`).on(orgId, ...columns, sortKey, id);
      return where ? built.where(where) : built;
    }),
  );
}

/** The state of a generation. Stored audio makes it ready even when a failure was reported. */
export const inState = ({ r2ObjectKey, failedAt }: Record<"r2ObjectKey" | "failedAt", SQLiteColumn>) => ({
  processing: sql`${r2ObjectKey} is null and ${failedAt} is null`,
  ready: sql`${r2ObjectKey} is not null`,
  failed: sql`${r2ObjectKey} is null and ${failedAt} is not null`,
});

type GenerationListColumn = "id" | "orgId" | "createdAt" | keyof Parameters<typeof inState>[0];

/** One of all generations, and one of those in each state, which SQLite chooses by the same condition in the query. */
export const generationListIndexes = (table: Record<GenerationListColumn, SQLiteColumn>) => [
  index("generations_by_time").on(table.orgId, table.createdAt, table.id),
  ...Object.entries(inState(table)).map(([state, isInState]) =>
    index(`generations_${state}_by_time`).on(table.orgId, table.createdAt, table.id).where(isInState),
  ),
];
