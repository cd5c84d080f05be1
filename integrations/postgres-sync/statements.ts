// The SQL that applies an event to the app's Postgres. $1 is the event as JSON. Each statement is atomic, changes nothing
// when it is repeated, and ignores an event that is not later than the last one of its object.

// "ResonanceSync" keeps the last sequence of each object, also of a deleted one: an older event that arrives after the
// deletion does not bring the row back. Of two requests at the same time, the second waits here for the first.
const latest = (kind: "voice" | "generation", voiceId: string) => `
  latest AS (
    INSERT INTO "ResonanceSync" ("kind", "id", "sequence", "voiceId")
    SELECT '${kind}', $1::jsonb #>> '{data,id}', ($1::jsonb ->> 'sequence')::bigint, ${voiceId}
    ON CONFLICT ("kind", "id") DO UPDATE
      SET "sequence" = EXCLUDED."sequence", "voiceId" = EXCLUDED."voiceId"
      WHERE "ResonanceSync"."sequence" < EXCLUDED."sequence"
    RETURNING "id"
  )`;

const UPSERT_VOICE = `
WITH ${latest("voice", "NULL")}
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

const DELETE_VOICE = `
WITH ${latest("voice", "NULL")}
DELETE FROM "Voice" WHERE "id" IN (SELECT "id" FROM latest)`;

// The voice may be unknown yet, or deleted: then LINK adds it when it is known.
const UPSERT_GENERATION = `
WITH ${latest("generation", "$1::jsonb #>> '{data,voiceId}'")}
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

// The app has no column for a failure: like the app itself, this keeps no row of a generation that has no audio.
const DELETE_GENERATION = `
WITH ${latest("generation", "NULL")}
DELETE FROM "Generation" WHERE "id" IN (SELECT "id" FROM latest)`;

/** By the type of an event: the statement to run first. */
export const APPLY: ReadonlyMap<string, string> = new Map([
  ["voice.created", UPSERT_VOICE],
  ["voice.updated", UPSERT_VOICE],
  ["voice.deleted", DELETE_VOICE],
  ["generation.ready", UPSERT_GENERATION],
  ["generation.failed", DELETE_GENERATION],
  ["generation.deleted", DELETE_GENERATION],
]);

// A generation can arrive before its voice: the events of different objects have no order. Run after the statement above
// has committed, by both sides, so that of two requests at the same time the later one sees what the other has stored.
const link = (column: '"id"' | '"voiceId"') => `
UPDATE "Generation" SET "voiceId" = "Voice"."id"
FROM "ResonanceSync" AS sync, "Voice"
WHERE sync."kind" = 'generation' AND sync.${column} = $1::jsonb #>> '{data,id}'
  AND "Generation"."id" = sync."id" AND "Generation"."voiceId" IS NULL AND "Voice"."id" = sync."voiceId"`;

/** By the kind of the object: the statement to run second. */
export const LINK: ReadonlyMap<string, string> = new Map([
  ["voice", link('"voiceId"')],
  ["generation", link('"id"')],
]);
