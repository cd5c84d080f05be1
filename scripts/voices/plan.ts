// Decides which row each voice of a manifest belongs to: by its id, else by its name, else a new row. Pure.
import type { languageRanges } from "../../src/platform/list-indexes.ts";
import type { NO_LEVELS, voices } from "../../src/platform/schema.ts";
import type { ManifestVoice } from "./manifest.ts";

/** Without the levels, which no manifest has, and the generated columns. */
export type VoiceRow = Omit<
  typeof voices.$inferSelect,
  keyof typeof NO_LEVELS | "nameKey" | keyof typeof languageRanges
>;

export interface ExistingVoices {
  systemVoices: readonly VoiceRow[];
  /** Those ids of the manifest that belong to voices of organisations. */
  customIds: ReadonlySet<string>;
}

export type PlannedVoice =
  | { kind: "import"; voice: ManifestVoice; id: string; row: VoiceRow | null }
  | { kind: "conflict"; voice: ManifestVoice; reason: string };

/** @returns a decision for each voice, in the manifest's order; a voice without a row or an id gets a new UUID */
export function planVoices(
  manifest: readonly ManifestVoice[],
  { systemVoices, customIds }: ExistingVoices,
): PlannedVoice[] {
  const rowsById = new Map(systemVoices.map((row) => [row.id, row]));
  // A row that the manifest names by id must not match another voice by name as well.
  const namedIds = new Set(manifest.flatMap(({ id }) => id ?? []));
  const unnamedRows = systemVoices.filter(({ id }) => !namedIds.has(id));
  return manifest.map((voice) => {
    const conflict = (reason: string) => ({ kind: "conflict", voice, reason }) as const;
    if (voice.id !== undefined) {
      if (customIds.has(voice.id))
        return conflict(`the id ${voice.id} belongs to a voice of an organisation`);
      return { kind: "import", voice, id: voice.id, row: rowsById.get(voice.id) ?? null };
    }
    const [row, second] = unnamedRows.filter(({ name }) => name === voice.name);
    if (second) {
      return conflict(`${row?.id} and ${second.id} both have this name: add the "id" of one to the manifest`);
    }
    return { kind: "import", voice, id: row?.id ?? crypto.randomUUID(), row: row ?? null };
  });
}
