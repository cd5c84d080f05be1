// Voices in D1. Whose voice it is stands in the SQL: another organisation's row is never loaded.
import { and, eq, or } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { readNearest } from "./database.ts";
import { voices } from "./schema.ts";

/** What playing a voice needs to know of it. */
export type PlayableVoice = Pick<typeof voices.$inferSelect, "variant" | "r2ObjectKey" | "contentType">;

/** A voice by its id and its owner. */
export interface VoiceOfOrganisation {
  id: string;
  orgId: string;
}

/** What the audio of a voice was found to be. */
export interface InspectedAudio {
  r2ObjectKey: string;
  contentType: string;
  durationSeconds: number;
  sizeBytes: number;
}

/** The system voice or `orgId`'s own voice of that id, or null. */
export function findPlayableVoice(d1: D1Database, id: string, orgId: string): Promise<PlayableVoice | null> {
  return readNearest(
    d1,
    async (db) => {
      const [voice] = await db
        .select({
          variant: voices.variant,
          r2ObjectKey: voices.r2ObjectKey,
          contentType: voices.contentType,
        })
        .from(voices)
        .where(and(eq(voices.id, id), or(eq(voices.variant, "SYSTEM"), eq(voices.orgId, orgId))))
        .limit(1);
      return voice ?? null;
    },
    (voice) => Boolean(voice?.r2ObjectKey),
  );
}

/** Adds a custom voice whose audio is still to come. */
export async function insertCustomVoice(
  d1: D1Database,
  voice: Pick<typeof voices.$inferInsert, "id" | "name" | "category" | "language" | "description"> & {
    orgId: string;
    createdAt: Date;
  },
): Promise<void> {
  await drizzle(d1)
    .insert(voices)
    .values({ ...voice, variant: "CUSTOM", updatedAt: voice.createdAt });
}

/**
 * Makes a voice of `orgId` ready: from here on it plays.
 * @throws {Error} when the voice is not there any more
 */
export async function setVoiceAudio(
  d1: D1Database,
  { id, orgId }: VoiceOfOrganisation,
  audio: InspectedAudio,
): Promise<void> {
  const updated = await drizzle(d1)
    .update(voices)
    .set(audio)
    .where(and(eq(voices.id, id), eq(voices.orgId, orgId)))
    .returning({ id: voices.id });
  if (updated.length === 0) throw new Error("the voice's row has gone");
}

/** Takes a voice of `orgId` back. */
export async function deleteVoice(d1: D1Database, { id, orgId }: VoiceOfOrganisation): Promise<void> {
  await drizzle(d1)
    .delete(voices)
    .where(and(eq(voices.id, id), eq(voices.orgId, orgId)));
}
