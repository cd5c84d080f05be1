#!/usr/bin/env bash
# Generates test/fixtures/postgres with a real Postgres (15 or newer): the CSV exports that `npm run migrate-postgres`
# reads, and the same rows as JSON that Postgres itself writes (*.jsonl), to which the tests compare them.
# Requires initdb, pg_ctl and psql in the PATH, and a user that is not root. The results are committed.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-$PWD/test/fixtures/postgres}
work=$(mktemp -d)
trap 'pg_ctl -D "$work/data" -m immediate stop > /dev/null; rm -rf "$work"' EXIT

initdb -D "$work/data" -U postgres -A trust -E UTF8 --locale=C > /dev/null
pg_ctl -D "$work/data" -w -o "-k $work -c listen_addresses=''" -l "$work/log" start > /dev/null
export PGHOST=$work PGUSER=postgres PGDATABASE=postgres PGCLIENTENCODING=UTF8

psql -q -v ON_ERROR_STOP=1 << 'SQL'
CREATE TYPE "VoiceVariant" AS ENUM ('SYSTEM', 'CUSTOM');
CREATE TYPE "VoiceCategory" AS ENUM ('AUDIOBOOK', 'CONVERSATIONAL', 'CUSTOMER_SERVICE', 'GENERAL', 'NARRATIVE',
  'CHARACTERS', 'MEDITATION', 'MOTIVATIONAL', 'PODCAST', 'ADVERTISING', 'VOICEOVER', 'CORPORATE');
CREATE TABLE "Voice" (
  "id" TEXT PRIMARY KEY, "orgId" TEXT, "name" TEXT NOT NULL, "description" TEXT,
  "category" "VoiceCategory" NOT NULL DEFAULT 'GENERAL', "language" TEXT NOT NULL DEFAULT 'en-US',
  "variant" "VoiceVariant" NOT NULL, "r2ObjectKey" TEXT,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" TIMESTAMP(3) NOT NULL,
  "isFeatured" BOOLEAN NOT NULL DEFAULT false, "tags" TEXT[] DEFAULT ARRAY[]::TEXT[]);
CREATE TABLE "Generation" (
  "id" TEXT PRIMARY KEY, "orgId" TEXT NOT NULL, "voiceId" TEXT REFERENCES "Voice" ("id") ON DELETE SET NULL,
  "text" TEXT NOT NULL, "voiceName" TEXT NOT NULL, "r2ObjectKey" TEXT,
  "temperature" DOUBLE PRECISION NOT NULL, "topP" DOUBLE PRECISION NOT NULL, "topK" INTEGER NOT NULL,
  "repetitionPenalty" DOUBLE PRECISION NOT NULL,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" TIMESTAMP(3) NOT NULL);

INSERT INTO "Voice" VALUES
  ('clx_system_1', NULL, 'Aaron', 'A calm reader', 'AUDIOBOOK', 'en-US', 'SYSTEM', 'voices/system/clx_system_1',
   '2025-01-01 00:00:00', '2025-01-01 00:00:00.1', true, '{}'),
  ('clx_system_2', NULL, 'O''Brien', NULL, 'CUSTOMER_SERVICE', 'en-IE', 'SYSTEM', NULL,
   '2024-02-29 23:59:59.999', '2025-06-30 12:00:00.12', false, '{"a,b","c\"d"}'),
  ('clx_custom_1', 'org_1', 'Grandma "Jo"', E'two\nlines, a tab\tand a \\ backslash\\', 'GENERAL', 'de-DE', 'CUSTOM',
   'voices/orgs/org_1/clx_custom_1', '2025-03-01 12:34:56.789', '2025-03-01 12:34:57.001', false, NULL),
  ('clx_custom_2', 'org_2', '声 🎙️ é', '', 'PODCAST', 'zh-Hant-TW', 'CUSTOM', 'voices/orgs/org_2/clx_custom_2',
   '1999-12-31 23:59:59.5', '2025-03-01 12:34:57', false, '{x}');

INSERT INTO "Generation" VALUES
  ('gen_1', 'org_1', 'clx_system_1', 'Plain words.', 'Aaron', 'generations/orgs/org_1/gen_1', 0.8, 0.95, 1000, 1.2,
   '2025-04-01 10:00:00.123', '2025-04-01 10:00:01'),
  ('gen_2', 'org_1', NULL, E'It''s; -- not a comment /* nor this */ $$ nor $x$ that\r\nINSERT INTO "Voice" VALUES (1);\n\\.\n',
   'Gone', NULL, 0.30000000000000004, 1e-7, 0, 1e20, '2025-04-02 00:00:00', '2025-04-02 00:00:00'),
  ('gen_3', 'org_2', 'clx_custom_2', E'"quoted", and \\n is no newline, E''\\x41'' is no A\n\n\n"', '声', 'generations/orgs/org_2/gen_3',
   2, -0.5, -1, 0.1, '2025-04-03 01:02:03.004', '2025-04-03 01:02:03.004'),
  ('gen_4', 'org_2', 'clx_custom_1', repeat('Long texts are read as well. 長い ', 300), 'Grandma "Jo"', 'generations/orgs/org_2/gen_4',
   0.8, 0.95, 1000, 1.2, '2025-04-04 00:00:00', '2025-04-04 00:00:00'),
  ('gen_5', 'org_2', 'clx_system_2', '', '', NULL, 0, 1, 2147483647, 1, '2025-04-05 00:00:00', '2025-04-05 00:00:00');
SQL

mkdir -p "$out"
cd "$out"
DATABASE_URL=postgresql:///
# The commands of docs/migration.md; a test compares them.
psql "$DATABASE_URL" -c "\copy \"Generation\" to 'generations.csv' csv header"
psql "$DATABASE_URL" -c "\copy \"Voice\" to 'voices.csv' csv header"
psql -q -A -t -o voices.jsonl -c 'SELECT json_build_object($$id$$, "id", $$org_id$$, "orgId", $$name$$, "name",
  $$description$$, "description", $$category$$, "category", $$language$$, "language", $$variant$$, "variant",
  $$r2_object_key$$, "r2ObjectKey", $$created_at$$, (extract(epoch from "createdAt") * 1000)::bigint,
  $$updated_at$$, (extract(epoch from "updatedAt") * 1000)::bigint) FROM "Voice" ORDER BY "id"'
psql -q -A -t -o generations.jsonl -c 'SELECT json_build_object($$id$$, "id", $$org_id$$, "orgId",
  $$voice_id$$, "voiceId", $$voice_name$$, "voiceName", $$text$$, "text", $$r2_object_key$$, "r2ObjectKey",
  $$temperature$$, "temperature", $$top_p$$, "topP", $$top_k$$, "topK", $$repetition_penalty$$, "repetitionPenalty",
  $$created_at$$, (extract(epoch from "createdAt") * 1000)::bigint,
  $$updated_at$$, (extract(epoch from "updatedAt") * 1000)::bigint) FROM "Generation" ORDER BY "id"'
