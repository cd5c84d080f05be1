// What playback reads from D1. Every query filters by organisation.
import { and, eq, sql } from "drizzle-orm";
import { type ReadFrom, read, rowByQueryBuiltOnce } from "../platform/database.ts";
import { generations, isVisibleTo, voices } from "../platform/schema.ts";

export interface PlayableGeneration {
  r2ObjectKey: string | null;
  hasFailed: boolean;
}

export type PlayableVoice = Pick<typeof voices.$inferSelect, "variant" | "r2ObjectKey" | "contentType">;

/** A row whose audio is stored. */
export type Ready<Row> = Row & { r2ObjectKey: string };

export const isReady = <Row extends { r2ObjectKey: string | null }>(row: Row): row is Ready<Row> =>
  row.r2ObjectKey !== null;

const [id, orgId] = [sql.placeholder("id"), sql.placeholder("orgId")];

const generationRow = rowByQueryBuiltOnce<{ r2_object_key: string | null; failed_at: number | null }>(
  (builder) =>
    builder
      .select({ r2ObjectKey: generations.r2ObjectKey, failedAt: generations.failedAt })
      .from(generations)
      .where(and(eq(generations.id, id), eq(generations.orgId, orgId))),
);

/** `orgId`'s generation with that id, or null. */
export const findPlayableGeneration = (
  d1: D1Database,
  id: string,
  orgId: string,
  from: ReadFrom,
): Promise<PlayableGeneration | null> =>
  read(
    d1,
    from,
    async (session) => {
      const row = await generationRow(session, { id, orgId });
      return row && { r2ObjectKey: row.r2_object_key, hasFailed: row.failed_at !== null };
    },
    (generation) => generation !== null && isReady(generation),
  );

const voiceRow = rowByQueryBuiltOnce<{
  variant: PlayableVoice["variant"];
  r2_object_key: string | null;
  content_type: string | null;
}>((builder) =>
  builder
    .select({
      variant: voices.variant,
      r2ObjectKey: voices.r2ObjectKey,
      contentType: voices.contentType,
    })
    .from(voices)
    .where(and(eq(voices.id, id), isVisibleTo(orgId))),
);

/** The system voice or `orgId`'s own voice with that id, or null. */
export const findPlayableVoice = (
  d1: D1Database,
  id: string,
  orgId: string,
  from: ReadFrom,
): Promise<PlayableVoice | null> =>
  read(
    d1,
    from,
    async (session) => {
      const row = await voiceRow(session, { id, orgId });
      return row && { variant: row.variant, r2ObjectKey: row.r2_object_key, contentType: row.content_type };
    },
    (voice) => voice !== null && isReady(voice),
  );
