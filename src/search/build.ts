// Builds the search index from the main database, step by step: a new index, one of another version, or one that an
// operator had emptied. Any run continues where the last one ended, and several may run at once.
import { clearStatements, type IndexedObject, type Kind, writeDocuments } from "./documents.ts";
import type { Databases } from "./feed.ts";
import { EXCERPT_CHARACTERS } from "./texts.ts";

/** Raise it when documents would get other tokens: every index is then built again. */
const INDEX_VERSION = 1;
const ROWS_PER_STEP = 200;

/** The steps in their order, each in the order of creation: the index numbers documents in the order it gets them. */
const STEPS = ["system voices", "voices", "generations", "complete"] as const;
type Step = (typeof STEPS)[number];

interface BuildRow {
  version: number;
  step: Step;
  position: string;
}

/** Where a step continues: organisation, time of creation and id of the last row. */
type Position = [orgId: string, createdAt: number, id: string];
const BEGINNING = JSON.stringify(["", Number.MIN_SAFE_INTEGER, ""] satisfies Position);

export interface BuildProgress {
  step: Step;
  /** Rows that the step has read. */
  rows: number;
}

/** Whether the index has every voice and generation, but for changes that are in the outbox. */
export async function isBuilt(index: D1Database): Promise<boolean> {
  const { version, step } = await readBuild(index);
  return version === INDEX_VERSION && step === "complete";
}

async function readBuild(index: D1Database): Promise<BuildRow> {
  const row = await index.prepare("select version, step, position from build where id = 1").first<BuildRow>();
  if (!row) throw new Error("the search index has no row in build: apply its migrations");
  return row;
}

/** Empties the index. It is then built again. */
export async function restartBuild(index: D1Database): Promise<void> {
  await index.batch([
    ...clearStatements(index),
    index
      .prepare("update build set version = ?, step = ?, position = ? where id = 1")
      .bind(INDEX_VERSION, STEPS[0], BEGINNING),
  ]);
}

/** Does the next part of the build. Its step is "complete" when there is none. */
export async function buildNext({ database, index }: Databases): Promise<BuildProgress> {
  const { version, step, position } = await readBuild(index);
  if (version !== INDEX_VERSION) {
    await restartBuild(index);
    return { step: STEPS[0], rows: 0 };
  }
  if (step === "complete") return { step, rows: 0 };
  const { objects, last } = await readRows(database, step, JSON.parse(position) as Position);
  await writeDocuments(index, objects, new Date());
  const isDone = objects.length < ROWS_PER_STEP || !last;
  const next = isDone ? (STEPS[STEPS.indexOf(step) + 1] ?? "complete") : step;
  await index
    .prepare(
      "update build set step = ?, position = ? where id = 1 and version = ? and step = ? and position = ?",
    )
    .bind(next, isDone ? BEGINNING : JSON.stringify(last), version, step, position)
    .run();
  return { step: next, rows: objects.length };
}

/** The rows behind `position`, with the number of the last change that they contain, and the position of the last one. */
async function readRows(database: D1Database, step: Exclude<Step, "complete">, position: Position) {
  const { kind, query } = SOURCES[step];
  const [lastChange, rows] = await database.batch<SourceRow & { seq: number }>([
    // The highest number that was ever given, in the same transaction: what is changed later has a higher one.
    database.prepare("select seq from sqlite_sequence where name = 'search_changes'"),
    database.prepare(query).bind(...position, ROWS_PER_STEP),
  ]);
  const sequence = lastChange?.results[0]?.seq ?? 0;
  const found = rows?.results ?? [];
  const objects = found.map(({ id, orgId, first, second }): IndexedObject => {
    const texts = second === null ? [first] : [first, second];
    return { kind, orgId, objectId: id, sequence, texts };
  });
  const end = found.at(-1);
  const last: Position | undefined = end && [end.orgId ?? "", end.createdAt, end.id];
  return { objects, last };
}

interface SourceRow {
  id: string;
  orgId: string | null;
  createdAt: number;
  /** The texts that are searched, as in texts.ts. */
  first: string;
  second: string | null;
}

const columns = (first: string, second: string) =>
  `id, org_id as orgId, created_at as createdAt, ${first} as first, ${second} as second`;
/** Both tables have an index by these columns. */
const AFTER_POSITION = `where (org_id, created_at, id) > (?1, ?2, ?3) order by org_id, created_at, id limit ?4`;

const SOURCES: Record<Exclude<Step, "complete">, { kind: Kind; query: string }> = {
  "system voices": {
    kind: "voice",
    // Null is in no order with a text: ?1 is bound, and not used.
    query: `select ${columns("name", "description")} from voices
            where org_id is null and (created_at, id) > (?2, ?3) order by created_at, id limit ?4`,
  },
  voices: { kind: "voice", query: `select ${columns("name", "description")} from voices ${AFTER_POSITION}` },
  generations: {
    kind: "generation",
    query: `select ${columns(`substr(text, 1, ${EXCERPT_CHARACTERS})`, "voice_name")} from generations ${AFTER_POSITION}`,
  },
};
