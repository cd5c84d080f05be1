// The D1 batch that makes a generation ready, with its events. May be repeated, also late: audio that was committed
// is committed, and a generation is billed once under its organisation and id, whatever happens to it.
import { and, eq, lt, or, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { recordGenerationEvents } from "../events/record.ts";
import type { AudioFactColumns } from "../platform/audio-facts.ts";
import { NULL_COLUMN, retryIdempotent } from "../platform/database.ts";
import type { EventReceiver } from "../platform/env.ts";
import { generations, NO_LEVELS } from "../platform/schema.ts";
import { meteringEvents } from "../platform/schema-outboxes.ts";
import { type GenerationRow, NO_LEASE, ROW_COLUMNS } from "./queries.ts";

/** The audio of a generation, stored and probed. */
export interface GenerationAudio extends AudioFactColumns {
  r2ObjectKey: string;
  durationSeconds: number;
  sizeBytes: number;
  audioMd5: string | null;
}

/** How a generation is billed. */
export interface GenerationEvent {
  name: string;
  metadata: Record<string, number>;
}

/** Of the organisation's generation, as the id alone can be used by another one later. Other events have a voice's id. */
const eventId = (id: string) => sql`'generation/' || ${generations.orgId} || '/' || ${id}`;

/**
 * Makes the generation ready, releases the lease, and inserts the event, if any, into the outbox, from which the cron
 * delivers it: many generations are one request to Polar. Returns null when the lease was lost or the generation was
 * deleted, unless it has this audio. A row that has it and was changed at the same time or later stays as it is: an
 * attempt that takes effect late neither turns back its time nor clears its levels.
 */
export async function commitAudio(
  d1: D1Database,
  { id, leaseId }: { id: string; leaseId: string },
  audio: GenerationAudio,
  event: GenerationEvent | null,
  receiver: EventReceiver | null,
  now: Date,
): Promise<GenerationRow | null> {
  const db = drizzle(d1);
  const hasThisAudio = and(
    eq(generations.r2ObjectKey, audio.r2ObjectKey),
    sql`${generations.audioMd5} is ${audio.audioMd5}`,
    eq(generations.sizeBytes, audio.sizeBytes),
  );
  const update = db
    .update(generations)
    .set({ ...audio, ...NO_LEVELS, ...NO_LEASE, failedAt: null, failureReason: null, updatedAt: now })
    .where(
      and(
        eq(generations.id, id),
        or(eq(generations.uploadLeaseId, leaseId), and(hasThisAudio, lt(generations.updatedAt, now))),
      ),
    )
    .returning(ROW_COLUMNS);
  const meter = ({ name, metadata }: GenerationEvent) =>
    db
      .insert(meteringEvents)
      .select(
        db
          .select({
            id: eventId(id).as("id"),
            name: sql`${name}`.as("name"),
            orgId: generations.orgId,
            metadata: sql`${JSON.stringify(metadata)}`.as("metadata"),
            occurredAt: generations.createdAt,
            attempts: sql`0`.as("attempts"),
            dueAt: sql`${now.getTime()}`.as("due_at"),
            deliveredAt: NULL_COLUMN,
            stuckAt: NULL_COLUMN,
            lastError: NULL_COLUMN,
          })
          .from(generations)
          .where(and(eq(generations.id, id), hasThisAudio)),
      )
      .onConflictDoNothing();
  const isThisVersion = and(eq(generations.id, id), hasThisAudio, eq(generations.updatedAt, now));
  const changes = recordGenerationEvents(db, receiver, "generation.ready", isThisVersion);
  const [ready] = await retryIdempotent(async () => {
    const [updated] = await db.batch([update, ...(event ? [meter(event)] : []), ...changes]);
    return updated;
  });
  if (ready) return ready;
  const [committed] = await db
    .select(ROW_COLUMNS)
    .from(generations)
    .where(and(eq(generations.id, id), hasThisAudio));
  return committed ?? null;
}
