// The recordings in a folder: those that are committed in test/, or samples from elsewhere.
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

export interface FoundRecording {
  /** Its path in the folder. */
  name: string;
  file: string;
}

export const TEST_FOLDER = join(import.meta.dirname, "../../test");
/** Sources, tables, pictures, and forms around recordings. */
const NO_RECORDING = /\.(ts|jsonl?|csv|bin|jpg|png|md|txt)$/;

export const recordingsIn = (folder: string): FoundRecording[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NO_RECORDING.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ name: relative(folder, file), file }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
