// The commands of docs/migration.md, as they are, from an app's Postgres to a local D1 and back. Only `--remote` is
// replaced by a local state.
import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../scripts/operator/paths.ts";
import { generationRow, givenAppPostgres, idsOf, voiceRow } from "./app-postgres.ts";
import { givenFolder, inState } from "./local-state.ts";

const folder = givenFolder();
const app = givenAppPostgres(folder);

/** The bash blocks of a section, without the indentation of a list. */
async function blocksOf(heading: string): Promise<string[]> {
  const document = await readFile(join(ROOT, "docs/migration.md"), "utf8");
  const [section = ""] = document.split(`\n## ${heading}\n`)[1]?.split("\n## ") ?? [];
  return [...section.matchAll(/^( *)```bash\n(.*?)^ *```$/gms)].map(([, indent = "", text = ""]) =>
    text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
}

it("the documented commands take rows to D1 and back, twice, with what was deleted and made on both sides", {
  timeout: 180_000,
}, async () => {
  // A checkout, in which the commands leave their folders.
  const checkout = folder.path("checkout");
  await mkdir(checkout);
  for (const name of ["package.json", "scripts", "node_modules"]) {
    await symlink(join(ROOT, name), join(checkout, name));
  }
  const state = await folder.state();
  const run = async (...commands: (string | undefined)[]) => {
    for (const command of commands) {
      if (command === undefined) throw new Error("the document has fewer commands");
      await app.shell(command.replaceAll("--remote", `--state ${state}`), checkout);
    }
  };
  const inD1 = (sql: string) => inState(state, ({ database }) => database.prepare(sql).run());
  const [exportTables, migrate] = await blocksOf("Rows from Postgres");
  const [exportFirst, restoreFirst, exportAndRestoreSecond] = await blocksOf("Back to Postgres");

  await app.reset();
  await app.insert(
    "Voice",
    ["kept", "lost-here", "lost-there"].map((id) => voiceRow(id)),
  );
  await app.insert("Generation", [generationRow("g", "lost-here")]);
  await run(exportTables, migrate, exportTables?.replaceAll("migrated", "migrated-2"));
  await inD1("delete from voices where id = 'lost-here'");
  await app.insert("Voice", [voiceRow("of-app")]);
  await app.sql(`delete from "Voice" where "id" = 'lost-there'`);

  await run(exportFirst, restoreFirst);
  expect(idsOf(await app.tables())).toEqual(["kept", "of-app", "g"]);

  await inD1(
    `insert into voices (id, org_id, name, variant, r2_object_key) values ('late', 'org_a', 'Late', 'CUSTOM', 'k')`,
  );
  await app.sql(`delete from "Voice" where "id" = 'kept'`);
  await run(exportAndRestoreSecond);
  expect(idsOf(await app.tables())).toEqual(["late", "of-app", "g"]);
});
