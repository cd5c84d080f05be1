// The rows of a large deployment, made inside SQLite: one organisation that is as large as all others together, and queues
// as long as they become when something has failed for a day.

export interface Size {
  voices: number;
  generations: number;
}

export const LARGE: Size = { voices: 100_000, generations: 1_000_000 };

export const ORG = "org_large";
/** What the filters find: rows at the far end of every order, a fifth of the voices, or none. */
export const FAR_CATEGORY = "MEDITATION";
export const COMMON_CATEGORY = "NARRATIVE";
export const ABSENT_CATEGORY = "CORPORATE";
export const FAR_LANGUAGE = "mt-Latn-MT-x-far";
export const COMMON_LANGUAGE = "zh-Hans-CN";
/** One of ten generations of the organisation was made with it. */
export const POPULAR_VOICE = "voice_00000100";

/** The time as which the jobs run. */
export const NOW = new Date(Date.UTC(2026, 10, 26));
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
/** The first row of each table was created then, and one more each second. */
const START = NOW.getTime() - 60 * DAY_MS;

/** When row `i` of a table was created, in Unix milliseconds. */
export const timeOfRow = (i: number): number => START + i * 1000;

/** Rows that are at the end of every list. */
const FAR_ROWS = 10;
const ROWS_PER_STATEMENT = 5_000;
/** Of each kind, also in a small database: enough to fill the batches of the scenarios. */
const MIN_EVENTS = 7_000;

/** Rows of a table: of each column, the SQL of its value in row `i`. */
interface Rows {
  table: string;
  count: number;
  columns: Record<string, string | number>;
}

const voicesOf = (owner: string | null, prefix: string, count: number): Rows => ({
  table: "voices",
  count,
  columns: {
    id: `printf('${prefix}_%08d', i)`,
    org_id: owner ?? "null",
    name: `iif(i < ${FAR_ROWS}, 'Zz ', 'Voice ') || (i * 7919 % ${count})`,
    description: "'Recorded in a quiet room, about ' || i || ' centimetres from the microphone'",
    category: `case when i < ${FAR_ROWS} then '${FAR_CATEGORY}' when i % 5 = 0 then '${COMMON_CATEGORY}' else 'GENERAL' end`,
    language: `case when i < ${FAR_ROWS} then '${FAR_LANGUAGE}' when i % 5 = 1 then '${COMMON_LANGUAGE}' when i % 5 = 2 then 'en' else 'en-US' end`,
    variant: owner === null ? "'SYSTEM'" : "'CUSTOM'",
    r2_object_key: "'voices/' || i",
    codec: "'Opus'",
    created_at: `${START} + i * 1000`,
    updated_at: `${START} + i * 1000`,
  },
});

const generationsOf = (owner: string, prefix: string, count: number, voice: string): Rows => ({
  table: "generations",
  count,
  columns: {
    id: `printf('${prefix}_%08d', i)`,
    org_id: owner,
    voice_id: voice,
    voice_name: "'Voice ' || i",
    text: "'The quick brown fox number ' || i || ' jumps over the lazy dog, and reads a sentence of common length aloud.'",
    r2_object_key: `iif(i < ${3 * FAR_ROWS}, null, 'generations/' || i)`,
    failed_at: `iif(i < ${FAR_ROWS}, ${START}, null)`,
    codec: "'PCM'",
    created_at: `${START} + i * 1000`,
    updated_at: `${START} + i * 1000`,
  },
});

/** Events of both outboxes. */
const eventsOf = (
  kind: string,
  count: number,
  { sequence, delivered_at }: Record<"sequence" | "delivered_at", string>,
  due: number,
): Rows[] => {
  const shared = { id: `'${kind}_' || i`, occurred_at: due, due_at: due, delivered_at };
  const org_id = "'org_' || (i % 1000)";
  return [
    { table: "metering_events", count, columns: { ...shared, name: "'voice_creation'", org_id } },
    {
      table: "change_events",
      count,
      columns: {
        ...{ ...shared, sequence, data: "'{}'" },
        ...{ type: "'generation.ready'", object_id: `'${kind}_' || i` },
      },
    },
  ];
};

/** As many rows of other organisations, the queues and the outboxes, by the size of the organisation. */
function tablesOf({ voices, generations }: Size): Rows[] {
  const other = "'org_' || (i % 1000)";
  const events = Math.max(generations / 10, MIN_EVENTS);
  const [due, waiting] = [NOW.getTime() - HOUR_MS, NOW.getTime() + HOUR_MS];
  const cleanedUp = NOW.getTime() - 2 * HOUR_MS;
  return [
    voicesOf(null, "system", voices / 100),
    voicesOf(`'${ORG}'`, "voice", voices),
    voicesOf(other, "other", voices),
    generationsOf(
      `'${ORG}'`,
      "gen",
      generations,
      `iif(i % 10 = 0, '${POPULAR_VOICE}', printf('voice_%08d', i % ${voices}))`,
    ),
    generationsOf(other, "other", generations / 10, "null"),
    // Uploads that were cleaned up once, and wait a day for the second time; then completed ones, with their keys.
    {
      table: "voice_uploads",
      count: voices / 10,
      columns: {
        voice_id: "'gone_' || i",
        org_id: other,
        created_at: `${due} - i`,
        cleaned_up_at: cleanedUp,
      },
    },
    {
      table: "voice_uploads",
      count: voices / 10,
      columns: {
        voice_id: "printf('voice_%08d', i)",
        org_id: `'${ORG}'`,
        created_at: `${due} - i`,
        completed_at: `${due} - i`,
        idempotency_key: "'key_' || i",
      },
    },
    // Generations whose upload was cleaned up once.
    {
      table: "generations",
      count: generations / 100,
      columns: {
        id: "'lost_' || i",
        org_id: other,
        voice_name: "'Voice'",
        text: "'Lost'",
        upload_lease_id: "'lease_' || i",
        upload_leased_at: 0,
        upload_cleaned_up_at: cleanedUp,
      },
    },
    // Deleted generations are kept in the queue for a day; some objects are due.
    {
      table: "pending_object_deletions",
      count: events,
      columns: { r2_object_key: "'deleted/' || i", due_at: waiting, kept_until: waiting },
    },
    {
      table: "pending_object_deletions",
      count: events / 10,
      columns: { r2_object_key: "'due/' || i", due_at: due },
    },
    // Delivered events, and those that wait because the receiver is down.
    ...eventsOf("sent", events, { sequence: `${START} + i`, delivered_at: `${due} + i` }, due),
    ...eventsOf("due", events / 2, { sequence: `${START} + ${events} + i`, delivered_at: "null" }, due),
    {
      table: "subscriptions",
      count: voices,
      columns: { org_id: "'org_' || i", active: 1, confirmed_at: due },
    },
  ];
}

/** Inserts the rows of that size, and reports each statement's progress. */
export async function fill(
  database: D1Database,
  size: Size,
  report: (progress: string) => void = () => undefined,
): Promise<void> {
  for (const { table, count, columns } of tablesOf(size)) {
    const insert = database.prepare(
      `insert into ${table} (${Object.keys(columns).join(", ")})
      with recursive n(i) as (select cast(?1 as integer) union all select i + 1 from n where i + 1 < ?2)
      select ${Object.values(columns).join(", ")} from n`,
    );
    for (let from = 0; from < count; from += ROWS_PER_STATEMENT) {
      const to = Math.min(from + ROWS_PER_STATEMENT, count);
      await insert.bind(from, to).run();
      report(`${table}: ${to} of ${count}`);
    }
  }
}
