// `npm run search-index` on databases in memory: builds the index, continues a build, and applies changes.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeRows } from "../../scripts/migrate-postgres/d1-rows.ts";
import { GENERATIONS } from "../../scripts/migrate-postgres/tables.ts";
import { ROOT } from "../../scripts/operator/paths.ts";
import { searchIndex } from "../../scripts/search-index/command.ts";
import { buildNext, isBuilt } from "../../src/search/build.ts";
import { blockOf } from "../../src/search/documents.ts";
import { matchExpression } from "../../src/search/grams.ts";
import { createMemoryD1 } from "./memory-d1.ts";
import { createMemoryR2 } from "./memory-r2.ts";
import { runCommand } from "./run-command.ts";

const DATE = 1_767_225_600_000;

/** Databases with this many rows of each kind, none of which is in the outbox, and an index that is not built. */
async function givenRows(count: number) {
  const [database, searchDatabase] = [createMemoryD1(), createMemoryD1("migrations-search")];
  const ids = JSON.stringify(Array.from({ length: count }, (_, n) => `${n}`));
  await database.batch([
    database
      .prepare(
        `insert into voices (id, org_id, variant, name, created_at)
         select 'system ' || value, null, 'SYSTEM', 'Aaron ' || value, ? - value from json_each(?)`,
      )
      .bind(DATE, ids),
    database
      .prepare(
        `insert into voices (id, org_id, variant, name, created_at)
         select 'own ' || value, 'org_' || (value % 3), 'CUSTOM', 'Bella ' || value, ? - value from json_each(?)`,
      )
      .bind(DATE, ids),
    database
      .prepare(
        `insert into generations (id, org_id, voice_name, text, created_at)
         select 'gen ' || value, 'org_' || (value % 3), 'Carl', 'Hello ' || value, ? - value from json_each(?)`,
      )
      .bind(DATE, ids),
  ]);
  const stores = { database, searchDatabase, bucket: createMemoryR2() };
  return {
    ...stores,
    index: searchDatabase,
    run: (...args: string[]) => runCommand(searchIndex, args, stores),
  };
}

/** The ids that the index names for a text, the newest first. */
async function candidates(index: D1Database, kind: string, orgId: string, needle: string): Promise<string[]> {
  const scope = await index
    .prepare("select id from scopes where kind = ? and org_id = ?")
    .bind(kind, orgId)
    .first<{ id: number }>();
  if (!scope) return [];
  const { results } = await index
    .prepare(
      `select d.object_id as id from tokens join documents d on d.id = tokens.rowid
       where tokens match ? order by tokens.rowid desc`,
    )
    .bind(matchExpression(blockOf(scope.id * 2 ** 28), needle))
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** What the index must have: of each owner, the newest first. */
async function expectComplete(index: D1Database, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, n) => n);
  expect(await candidates(index, "voice", "", "aaron")).toEqual(numbers.map((n) => `system ${n}`));
  for (const rest of [0, 1, 2]) {
    const own = numbers.filter((n) => n % 3 === rest);
    expect(await candidates(index, "voice", `org_${rest}`, "bella")).toEqual(own.map((n) => `own ${n}`));
    expect(await candidates(index, "generation", `org_${rest}`, "hello")).toEqual(own.map((n) => `gen ${n}`));
  }
}

it("the main database has no virtual table, which `wrangler d1 export` refuses, and no trigger, which D1 may not apply", () => {
  for (const file of globSync("migrations/*.sql", { cwd: ROOT })) {
    expect(readFileSync(join(ROOT, file), "utf8"), file).not.toMatch(/create\s+(virtual|trigger)/i);
  }
});

describe("npm run search-index", () => {
  it("builds a new index of every row, by organisation and time, and says what it did", async () => {
    const { index, run } = await givenRows(450);
    const { code, output } = await run();
    expect(output).toMatch(/Updating the search index: \d+ rows, now generations/);
    expect(output).toContain("up to date: 1350 rows were read for its build, and 0 changes applied.");
    expect(code).toBe(0);
    await expectComplete(index, 450);
  });

  it("continues a build wherever it was interrupted, and changes nothing when it is complete", async () => {
    const { database, index, run } = await givenRows(210);
    for (let step = 0; step < 4; step += 1) await buildNext({ database, index });
    expect(await isBuilt(index)).toBe(false);
    expect((await run()).output).not.toContain("630 rows");
    await expectComplete(index, 210);
    expect((await run()).output).toContain(
      "up to date: 0 rows were read for its build, and 0 changes applied.",
    );
    await expectComplete(index, 210);
  });

  it("applies the changes that wait, also of a row that was deleted", async () => {
    const { database, index, run } = await givenRows(9);
    await run();
    await database.batch([
      database.prepare("update generations set text = 'Goodbye' where id = 'gen 0'"),
      database.prepare("delete from generations where id = 'gen 3'"),
      database.prepare(
        `insert into search_changes (kind, object_id, org_id)
         values ('generation', 'gen 0', 'org_0'), ('generation', 'gen 3', 'org_0')`,
      ),
    ]);
    expect((await run()).output).toContain("0 rows were read for its build, and 2 changes applied");
    expect(await candidates(index, "generation", "org_0", "hello")).toEqual(["gen 6"]);
    expect(await candidates(index, "generation", "org_0", "goodbye")).toEqual(["gen 0"]);
  });

  it("adds what migrate-postgres has written, and what it has changed", async () => {
    const { database, index, run } = await givenRows(0);
    await run();
    const generation = (text: string) => ({
      ...{ id: "gen", org_id: "org_0", voice_id: null, voice_name: "Carl", text, r2_object_key: null },
      ...{
        temperature: 0.8,
        top_p: 0.95,
        top_k: 1000,
        repetition_penalty: 1.2,
        created_at: DATE,
        updated_at: DATE,
      },
    });
    await writeRows(database, GENERATIONS, { missing: [generation("Hello")], differing: [] });
    await run();
    expect(await candidates(index, "generation", "org_0", "hello")).toEqual(["gen"]);
    await writeRows(database, GENERATIONS, { missing: [], differing: [generation("Goodbye")] });
    await run();
    expect(await candidates(index, "generation", "org_0", "hello")).toEqual([]);
    expect(await candidates(index, "generation", "org_0", "goodbye")).toEqual(["gen"]);
  });

  it("with --rebuild forgets what the main database no longer has, which was restored without an outbox", async () => {
    const { database, index, run } = await givenRows(9);
    await run();
    await database.prepare("delete from generations where id = 'gen 0'").run();
    await run();
    expect(await candidates(index, "generation", "org_0", "hello")).toEqual(["gen 0", "gen 3", "gen 6"]);
    expect((await run("--rebuild")).code).toBe(0);
    expect(await candidates(index, "generation", "org_0", "hello")).toEqual(["gen 3", "gen 6"]);
  });

  it("builds an index of an earlier version again", async () => {
    const { index, run } = await givenRows(9);
    await run();
    await index.batch([
      index.prepare("update build set version = version - 1"),
      index.prepare("insert into tokens (tokens) values ('delete-all')"),
    ]);
    expect(await isBuilt(index)).toBe(false);
    await run();
    await expectComplete(index, 9);
  });

  it("refuses an unknown option with 2", async () => {
    const { run } = await givenRows(0);
    expect((await run("--fast")).code).toBe(2);
  });
});
