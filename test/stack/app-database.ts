// The Postgres of an app: the tables that Prisma creates for its models Voice and Generation, and that of postgres-sync.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Postgres } from "../support/postgres.ts";

// As `prisma migrate` writes them, of the models in prisma/schema.prisma of the app's public copies (for instance
// github.com/Jisap/next16-elevenlabs-clone).
const APP_TABLES = `
CREATE TYPE "VoiceVariant" AS ENUM ('SYSTEM', 'CUSTOM');
CREATE TYPE "VoiceCategory" AS ENUM ('AUDIOBOOK', 'CONVERSATIONAL', 'CUSTOMER_SERVICE', 'GENERAL', 'NARRATIVE',
  'CHARACTERS', 'MEDITATION', 'MOTIVATIONAL', 'PODCAST', 'ADVERTISING', 'VOICEOVER', 'CORPORATE');
CREATE TABLE "Voice" (
  "id" TEXT NOT NULL, "orgId" TEXT, "name" TEXT NOT NULL, "description" TEXT,
  "category" "VoiceCategory" NOT NULL DEFAULT 'GENERAL', "language" TEXT NOT NULL DEFAULT 'en-US',
  "variant" "VoiceVariant" NOT NULL, "r2ObjectKey" TEXT,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "Voice_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Generation" (
  "id" TEXT NOT NULL, "orgId" TEXT NOT NULL, "voiceId" TEXT, "text" TEXT NOT NULL, "voiceName" TEXT NOT NULL,
  "r2ObjectKey" TEXT, "temperature" DOUBLE PRECISION NOT NULL, "topP" DOUBLE PRECISION NOT NULL,
  "topK" INTEGER NOT NULL, "repetitionPenalty" DOUBLE PRECISION NOT NULL,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "Generation_pkey" PRIMARY KEY ("id"));
CREATE INDEX "Voice_variant_idx" ON "Voice"("variant");
CREATE INDEX "Voice_orgId_idx" ON "Voice"("orgId");
CREATE INDEX "Generation_orgId_idx" ON "Generation"("orgId");
CREATE INDEX "Generation_voiceId_idx" ON "Generation"("voiceId");
ALTER TABLE "Generation" ADD CONSTRAINT "Generation_voiceId_fkey" FOREIGN KEY ("voiceId") REFERENCES "Voice"("id")
  ON DELETE SET NULL ON UPDATE CASCADE;`;

const MIGRATION = join(import.meta.dirname, "../../integrations/postgres-sync/migration.sql");

export async function createAppTables({ psql }: Postgres): Promise<void> {
  await psql("-c", APP_TABLES);
  await psql("-c", await readFile(MIGRATION, "utf8"));
}

/** The rows of both tables by id, with times in milliseconds, as D1 has them. */
export async function appRows({ rows }: Postgres) {
  const times = `(extract(epoch from "createdAt") * 1000)::bigint as "createdAt",
    (extract(epoch from "updatedAt") * 1000)::bigint as "updatedAt"`;
  return {
    voices: await rows(
      `select "id", "orgId", "name", "description", "category", "language", "variant", "r2ObjectKey", ${times}
       from "Voice" order by "id"`,
    ),
    generations: await rows(
      `select "id", "orgId", "voiceId", "voiceName", "text", "r2ObjectKey", "temperature", "topP", "topK",
         "repetitionPenalty", ${times}
       from "Generation" order by "id"`,
    ),
  };
}

/** The same rows of D1: those that the feed tells of. */
export async function serviceRows(database: D1Database) {
  const all = async (sql: string) => (await database.prepare(sql).all()).results;
  const times = `created_at as "createdAt", updated_at as "updatedAt"`;
  return {
    voices: await all(
      `select id, org_id as "orgId", name, description, category, language, variant, r2_object_key as "r2ObjectKey",
         ${times} from voices where r2_object_key is not null order by id`,
    ),
    generations: await all(
      `select id, org_id as "orgId", voice_id as "voiceId", voice_name as "voiceName", text,
         r2_object_key as "r2ObjectKey", temperature, top_p as "topP", top_k as "topK",
         repetition_penalty as "repetitionPenalty", ${times}
       from generations where r2_object_key is not null order by id`,
    ),
  };
}
