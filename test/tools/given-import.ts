// Voices that were imported once, for the cases of an import.
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { manageVoices } from "../../scripts/voices/command.ts";
import { importVoices } from "../../scripts/voices/import.ts";
import { readManifest } from "../../scripts/voices/manifest.ts";
import { runCommand, type Stores } from "./run-command.ts";
import { type StoredRow, storedVoices } from "./stored-voices.ts";
import { entry, noise, writeRecording, writeVoices } from "./voice-folder.ts";

export interface GivenImport {
  /** An empty state. */
  stores: () => Promise<Stores>;
  path: (...parts: string[]) => string;
}

export const NO_LEVELS = { peak_level: null, clipped_share: null, silence_share: null, peaks: null };

/** Levels as if the service had measured them, of all voices. */
export const givenLevels = ({ database }: Stores) =>
  database.prepare("update voices set peak_level = 0.5, silence_share = 0.1, peaks = x'00ff'").run();

export const rowOf = ({ rows }: { rows: StoredRow[] }, name: string) => rows.find((row) => row.name === name);

/** A folder of the voices A (matched by name) and B (matched by id), imported once. */
export async function givenImported(given: GivenImport) {
  const stores = await given.stores();
  const directory = await mkdtemp(given.path("voices-"));
  const voices = [entry("A", { description: "first" }), entry("B", { id: "voice_b" })];
  await writeVoices(directory, voices);
  await writeRecording(join(directory, "A.wav"), noise(1));
  await writeRecording(join(directory, "B.wav"), noise(2));
  const importAgain = async () => {
    const outcomes = await importVoices(stores, await readManifest(directory));
    return outcomes.map((outcome) =>
      [outcome.kind, outcome.name, ...("reason" in outcome ? [outcome.reason] : [])].join(" "),
    );
  };
  expect(await importAgain()).toEqual(["added A", "added B"]);
  return {
    ...stores,
    directory,
    voices,
    importAgain,
    run: (...options: string[]) => runCommand(manageVoices, ["import", directory, ...options], stores),
    stored: () => storedVoices(stores),
  };
}
