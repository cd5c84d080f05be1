// The levels of voices and generations in D1. Rows are found by organisation.
import { and, eq, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { AudioLevels } from "../platform/audio-levels.ts";
import { type ReadFrom, read, retryIdempotent } from "../platform/database.ts";
import { generations, isVisibleTo, voices } from "../platform/schema.ts";
import { type AudioRow, type AudioVersion, isStored, knownLevelsOf } from "./policy.ts";

/** The levels of one kind of audio in D1. */
export interface LevelsTable {
  /** The row that `orgId` sees under that id, or null. A replica decides only that there are levels, or never will be. */
  find: (d1: D1Database, id: string, orgId: string, from: ReadFrom) => Promise<AudioRow | null>;
  /**
   * Stores the levels of that version of the audio; null for audio that has none. Changes nothing when the audio was
   * replaced or deleted since.
   */
  save: (d1: D1Database, version: AudioVersion, levels: AudioLevels | null) => Promise<void>;
}

const NONE = { peaks: new Uint8Array(), peakLevel: null, clippedShare: null, silenceShare: null };

function levelsTable(
  table: typeof voices | typeof generations,
  failedAt: SQL<Date | null> | typeof generations.failedAt,
  isVisible: (orgId: string) => SQL | undefined,
): LevelsTable {
  const columns = {
    id: table.id,
    r2ObjectKey: table.r2ObjectKey,
    failedAt,
    codec: table.codec,
    durationSeconds: table.durationSeconds,
    updatedAt: table.updatedAt,
    peaks: table.peaks,
    peakLevel: table.peakLevel,
    clippedShare: table.clippedShare,
    silenceShare: table.silenceShare,
  };
  return {
    find: (d1, id, orgId, from) =>
      read(
        d1,
        from,
        async (session) => {
          const [row] = await drizzle(session)
            .select(columns)
            .from(table)
            .where(and(eq(table.id, id), isVisible(orgId)));
          return row ?? null;
        },
        (row) => row !== null && isStored(row) && knownLevelsOf(row).kind !== "unmeasured",
      ),
    save: async (d1, { id, r2ObjectKey, updatedAt }, levels) => {
      const { peaks, ...rest } = levels ?? NONE;
      await retryIdempotent(async () =>
        drizzle(d1)
          .update(table)
          // No client sees a change: `updatedAt` stays, and with it the version that a repeated write looks for.
          .set({ ...rest, peaks: Buffer.from(peaks), updatedAt })
          .where(and(eq(table.id, id), eq(table.r2ObjectKey, r2ObjectKey), eq(table.updatedAt, updatedAt))),
      );
    },
  };
}

/** The system voices and the organisation's own. */
export const voiceLevels = levelsTable(voices, sql<null>`null`, isVisibleTo);

export const generationLevels = levelsTable(generations, generations.failedAt, (orgId) =>
  eq(generations.orgId, orgId),
);
