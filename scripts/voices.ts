// `npm run voices -- import DIR [--remote] [--state DIR] [--dry-run]`: adds and updates system voices.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { PLACE_OPTIONS, parseOrExit, placeOf } from "./operator/arguments.ts";
import { withProgress } from "./operator/progress.ts";
import { openStorage } from "./operator/storage.ts";
import { runTool } from "./operator/tool-error.ts";
import { importVoices, type Outcome } from "./voices/import.ts";
import { readManifest } from "./voices/manifest.ts";

const USAGE = `npm run voices -- import DIR [--remote] [--state DIR] [--dry-run]

Adds the system voices of DIR/voices.json to the local stack, or to the deployed service (--remote), and updates
those that are there already. Safe to repeat. The manifest:

  {"voices": [{"name": "Aaron", "category": "AUDIOBOOK", "language": "en-US", "description": "…",
               "audio": "aaron.mp3", "id": "…"}]}

"id" and "description" may be left out; without an id, a voice is known by its name. "audio" is a path in DIR.

  --dry-run    say what would be done, and write nothing
  --remote     the D1 database and the R2 bucket of wrangler.toml at Cloudflare
  --state DIR  another local state than .wrangler/state`;

const { directory, place, dryRun } = parseOrExit(USAGE, () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ...PLACE_OPTIONS, "dry-run": { type: "boolean", default: false } },
  });
  const [command, folder, ...rest] = positionals;
  if (command !== "import")
    throw new TypeError(command ? `Unknown command ${command}` : "What is to be done?");
  if (folder === undefined || rest.length > 0) throw new TypeError("import takes one folder");
  return { directory: resolve(folder), place: placeOf(values), dryRun: values["dry-run"] };
});

await runTool(async () => {
  const manifest = await readManifest(directory);
  const storage = await openStorage(place);
  try {
    const total = manifest.length;
    let done = 0;
    const outcomes = await withProgress(dryRun ? "Comparing" : "Importing", total, (advance) =>
      importVoices(storage, manifest, {
        dryRun,
        onOutcome: ({ kind, name }) => {
          done += 1;
          advance(1, `${done}/${total} ${kind} ${name}`);
        },
      }),
    );
    report(outcomes, dryRun);
    return outcomes.some(({ kind }) => kind === "failed") ? 1 : 0;
  } finally {
    await storage.close();
  }
});

function report(outcomes: Outcome[], isDryRun: boolean): void {
  for (const kind of ["added", "updated", "unchanged"] as const) {
    const names = outcomes.filter((outcome) => outcome.kind === kind).map(({ name }) => name);
    const verb = isDryRun && kind !== "unchanged" ? `would be ${kind}` : kind;
    console.log([`${names.length} ${verb}`, ...(names.length > 0 ? [names.join(", ")] : [])].join(": "));
  }
  const failed = outcomes.filter((outcome) => outcome.kind === "failed");
  console.log(`${failed.length} failed`);
  for (const { name, reason } of failed) console.error(`  ${name}: ${reason}`);
}
