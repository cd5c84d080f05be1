// `npm run simulate`: writes the tables of docs/scale.md, each between its markers. `npm run simulate -- NAME=VALUE …`
// prints them for other parameters and writes nothing.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTables } from "./document.ts";
import { committed, parameterNames } from "./simulation/parameters.ts";
import { simulate } from "./simulation/tables.ts";

const DOCUMENT = join(import.meta.dirname, "../docs/scale.md");

const changes = process.argv.slice(2).map((argument) => {
  const [name = "", value = ""] = argument.split("=");
  const known = parameterNames.find((each) => each === name);
  const number = Number(value);
  if (!known || value === "" || !Number.isFinite(number)) {
    console.error(`${argument}: give NAME=NUMBER, where NAME is one of ${parameterNames.join(", ")}`);
    process.exit(2);
  }
  return [known, number] as const;
});

const tables = simulate({ ...committed, ...Object.fromEntries(changes) });
for (const [name, table] of Object.entries(tables)) console.log(`${name}\n\n${table}\n`);
if (changes.length === 0) writeFileSync(DOCUMENT, withTables(readFileSync(DOCUMENT, "utf8"), tables));
