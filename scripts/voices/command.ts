// The command `npm run voices`: imports the system voices of a folder and prints what changed.
import { resolve } from "node:path";
import { parseCommandLine, parseTarget, TARGET_OPTIONS } from "../operator/arguments.ts";
import { consoleOutput, type Output } from "../operator/output.ts";
import { withProgress } from "../operator/progress.ts";
import { type ExitCode, runTool } from "../operator/run-tool.ts";
import { openStorage } from "../operator/storage.ts";
import { UsageError } from "../operator/tool-error.ts";
import { importVoices, type Outcome } from "./import.ts";
import { readManifest } from "./manifest.ts";

const USAGE = `npm run voices -- import DIR [--remote [--env NAME] [--config FILE]] [--state DIR] [--dry-run]

Adds the system voices of DIR/voices.json to the local stack, or to the deployed service (--remote), and updates
existing ones. It can be repeated, and continues after an interruption. The manifest:

  {"voices": [{"name": "Aaron", "category": "AUDIOBOOK", "language": "en-US", "description": "…",
               "audio": "aaron.mp3", "id": "…"}]}

"id" and "description" are optional; a voice without an id is matched by its name. "audio" is a path in DIR. A voice
without a "name" gets the title in its recording's tags, or the artist.

  --dry-run      compare only, write nothing
  --remote       the deployed D1 database and R2 bucket of wrangler.toml
  --env NAME     those of an environment of wrangler.toml, such as staging
  --config FILE  another file than wrangler.toml
  --state DIR    a local state other than .wrangler/state`;

interface Dependencies {
  output?: Output;
  open?: typeof openStorage;
}

/** @returns 0 when every voice is stored, 1 when one failed, 2 for a usage error */
export const manageVoices = (
  args: string[],
  { output = consoleOutput, open = openStorage }: Dependencies = {},
): Promise<ExitCode> =>
  runTool(USAGE, output, async () => {
    const { values, positionals } = parseCommandLine({
      args,
      allowPositionals: true,
      options: { ...TARGET_OPTIONS, "dry-run": { type: "boolean", default: false } },
    } as const);
    const directory = parseDirectory(positionals);
    const target = parseTarget(values);
    const dryRun = values["dry-run"];
    const manifest = await readManifest(directory);
    const storage = await open(target);
    try {
      let done = 0;
      const title = dryRun ? "Comparing" : "Importing";
      const outcomes = await withProgress(output, title, manifest.length, (advance) =>
        importVoices(storage, manifest, {
          dryRun,
          onOutcome: ({ kind, name }) => {
            done += 1;
            advance(1, `${done}/${manifest.length} ${kind} ${name}`);
          },
        }),
      );
      printOutcomes(outcomes, dryRun, output);
      return outcomes.some(({ kind }) => kind === "failed") ? 1 : 0;
    } finally {
      await storage.close();
    }
  });

function parseDirectory([command, directory, ...others]: string[]): string {
  if (command === undefined) throw new UsageError("A command is needed: import");
  if (command !== "import") throw new UsageError(`Unknown command ${command}`);
  if (directory === undefined || others.length > 0) throw new UsageError("import takes one folder");
  return resolve(directory);
}

function printOutcomes(outcomes: readonly Outcome[], isDryRun: boolean, output: Output): void {
  for (const kind of ["added", "updated", "unchanged"] as const) {
    const names = outcomes.filter((outcome) => outcome.kind === kind).map(({ name }) => name);
    const verb = isDryRun && kind !== "unchanged" ? `would be ${kind}` : kind;
    output.log([`${names.length} ${verb}`, ...(names.length > 0 ? [names.join(", ")] : [])].join(": "));
  }
  const failed = outcomes.filter((outcome) => outcome.kind === "failed");
  output.log(`${failed.length} failed`);
  for (const { name, reason } of failed) output.error(`  ${name}: ${reason}`);
}
