// The SQL that applies an event to the app's Postgres: two statements, each in a transaction of its own. $1 is the event
// as JSON. They change nothing when they are repeated, and ignore an event that is not later than the last of its object.

type Kind = "voice" | "generation";

// "ResonanceSync" keeps the last sequence of each object, also of a deleted one: an older event that arrives after the
// deletion does not bring the row back. Of two requests at the same time, the second waits here for the first.
const recordSequence = (kind: Kind, voiceId = "NULL") => `
INSERT INTO "ResonanceSync" ("kind", "id", "sequence", "voiceId")
SELECT '${kind}', $1::jsonb #>> '{data,id}', ($1::jsonb ->> 'sequence')::bigint, ${voiceId}
ON CONFLICT ("kind", "id") DO UPDATE SET "sequence" = EXCLUDED."sequence", "voiceId" = EXCLUDED."voiceId"
WHERE "ResonanceSync"."sequence" < EXCLUDED."sequence"`;

const UPSERT_VOICE = `
WITH latest AS (${recordSequence("voice")} RETURNING "id")
INSERT INTO "Voice" ("id", "orgId", "name", "description", "category", "language", "variant", "r2ObjectKey",
  "createdAt", "updatedAt")
SELECT "id", "orgId", "name", "description", "category", "language", "variant", "r2ObjectKey",
  "createdAt" AT TIME ZONE 'UTC', "updatedAt" AT TIME ZONE 'UTC'
FROM jsonb_to_record($1::jsonb -> 'data') AS event (
  "id" text, "orgId" text, "name" text, "description" text, "category" "VoiceCategory", "language" text,
  "variant" "VoiceVariant", "r2ObjectKey" text, "createdAt" timestamptz, "updatedAt" timestamptz)
WHERE EXISTS (SELECT FROM latest)
ON CONFLICT ("id") DO UPDATE SET
  "orgId" = EXCLUDED."orgId", "name" = EXCLUDED."name", "description" = EXCLUDED."description",
  "category" = EXCLUDED."category", "language" = EXCLUDED."language", "variant" = EXCLUDED."variant",
  "r2ObjectKey" = EXCLUDED."r2ObjectKey", "createdAt" = EXCLUDED."createdAt", "updatedAt" = EXCLUDED."updatedAt"`;

// The voice may be unknown yet, or deleted: then `link` adds it when it is known.
const UPSERT_GENERATION = `
WITH latest AS (${recordSequence("generation", "$1::jsonb #>> '{data,voiceId}'")} RETURNING "id")
INSERT INTO "Generation" ("id", "orgId", "voiceId", "text", "voiceName", "r2ObjectKey", "temperature", "topP", "topK",
  "repetitionPenalty", "createdAt", "updatedAt")
SELECT "id", "orgId", (SELECT "Voice"."id" FROM "Voice" WHERE "Voice"."id" = event."voiceId"), "text", "voiceName",
  "r2ObjectKey", "temperature", "topP", "topK", "repetitionPenalty", "createdAt" AT TIME ZONE 'UTC',
  "updatedAt" AT TIME ZONE 'UTC'
FROM jsonb_to_record($1::jsonb -> 'data') AS event (
  "id" text, "orgId" text, "voiceId" text, "text" text, "voiceName" text, "r2ObjectKey" text,
  "temperature" double precision, "topP" double precision, "topK" integer, "repetitionPenalty" double precision,
  "createdAt" timestamptz, "updatedAt" timestamptz)
WHERE EXISTS (SELECT FROM latest)
ON CONFLICT ("id") DO UPDATE SET
  "orgId" = EXCLUDED."orgId", "voiceId" = EXCLUDED."voiceId", "text" = EXCLUDED."text",
  "voiceName" = EXCLUDED."voiceName", "r2ObjectKey" = EXCLUDED."r2ObjectKey",
  "temperature" = EXCLUDED."temperature", "topP" = EXCLUDED."topP", "topK" = EXCLUDED."topK",
  "repetitionPenalty" = EXCLUDED."repetitionPenalty", "createdAt" = EXCLUDED."createdAt",
  "updatedAt" = EXCLUDED."updatedAt"`;

// Run after `recordSequence` has committed, so that it sees a row that another request stored while that one waited.
// The lock keeps a later event of the object from storing its row meanwhile.
const deleteRecorded = (kind: Kind, table: "Voice" | "Generation") => `
WITH recorded AS (
  SELECT "id" FROM "ResonanceSync"
  WHERE "kind" = '${kind}' AND "id" = $1::jsonb #>> '{data,id}' AND "sequence" = ($1::jsonb ->> 'sequence')::bigint
  FOR UPDATE
)
DELETE FROM "${table}" WHERE "id" IN (SELECT "id" FROM recorded)`;

// A generation can arrive before its voice: the events of different objects have no order. Run after the row was stored
// and committed, by both sides, so that of two requests at the same time the later one sees what the other has stored.
const link = (column: '"id"' | '"voiceId"') => `
UPDATE "Generation" SET "voiceId" = "Voice"."id"
FROM "ResonanceSync" AS sync, "Voice"
WHERE sync."kind" = 'generation' AND sync.${column} = $1::jsonb #>> '{data,id}'
  AND "Generation"."id" = sync."id" AND "Generation"."voiceId" IS NULL AND "Voice"."id" = sync."voiceId"`;

const STORE_VOICE = [UPSERT_VOICE, link('"voiceId"')] as const;
const STORE_GENERATION = [UPSERT_GENERATION, link('"id"')] as const;
const DELETE_VOICE = [recordSequence("voice"), deleteRecorded("voice", "Voice")] as const;
const DELETE_GENERATION = [recordSequence("generation"), deleteRecorded("generation", "Generation")] as const;

/** By the type of an event: the statements to run one after the other. */
export const STATEMENTS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ["voice.created", STORE_VOICE],
  ["voice.updated", STORE_VOICE],
  ["voice.deleted", DELETE_VOICE],
  ["generation.ready", STORE_GENERATION],
  // The app has no column for a failure: like the app itself, this keeps no row of a generation that has no audio.
  ["generation.failed", DELETE_GENERATION],
  ["generation.deleted", DELETE_GENERATION],
]);
