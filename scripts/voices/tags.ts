// The name of a voice from the tags of its recording, for a manifest that leaves it out.
import { join } from "node:path";
import { parseFile } from "music-metadata";

/**
 * `entry` with the title of its recording as its name, or the artist where there is no title; unchanged when it has a
 * name, or its recording has neither. `entry` is not validated, but its recording is in `directory`.
 */
export async function withNameFromTags(directory: string, entry: unknown): Promise<unknown> {
  const { name, audio } = (entry ?? {}) as Record<string, unknown>;
  if (name !== undefined || typeof audio !== "string") return entry;
  const tagged = await readName(join(directory, audio));
  return tagged === undefined ? entry : { ...(entry as object), name: tagged };
}

/** Undefined for a missing file or one without tags, too: the import reports those. */
async function readName(file: string): Promise<string | undefined> {
  try {
    const { common } = await parseFile(file, { duration: false, skipCovers: true });
    return common.title?.trim() || common.artist?.trim() || undefined;
  } catch {
    return undefined;
  }
}
