// The tables of the app in Postgres, as Prisma creates them from the app's schema: `Voice` and `Generation`.
// Source: prisma/schema.prisma of public copies of Resonance.
export const APP_SCHEMA = `
CREATE TYPE "VoiceVariant" AS ENUM ('SYSTEM', 'CUSTOM');
CREATE TYPE "VoiceCategory" AS ENUM ('AUDIOBOOK', 'CONVERSATIONAL', 'CUSTOMER_SERVICE', 'GENERAL', 'NARRATIVE',
  'CHARACTERS', 'MEDITATION', 'MOTIVATIONAL', 'PODCAST', 'ADVERTISING', 'VOICEOVER', 'CORPORATE');
CREATE TABLE "Voice" (
  "id" TEXT NOT NULL PRIMARY KEY, "orgId" TEXT, "name" TEXT NOT NULL, "description" TEXT,
  "category" "VoiceCategory" NOT NULL DEFAULT 'GENERAL', "language" TEXT NOT NULL DEFAULT 'en-US',
  "variant" "VoiceVariant" NOT NULL, "r2ObjectKey" TEXT,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" TIMESTAMP(3) NOT NULL);
CREATE TABLE "Generation" (
  "id" TEXT NOT NULL PRIMARY KEY, "orgId" TEXT NOT NULL, "voiceId" TEXT, "text" TEXT NOT NULL,
  "voiceName" TEXT NOT NULL, "r2ObjectKey" TEXT, "temperature" DOUBLE PRECISION NOT NULL,
  "topP" DOUBLE PRECISION NOT NULL, "topK" INTEGER NOT NULL, "repetitionPenalty" DOUBLE PRECISION NOT NULL,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" TIMESTAMP(3) NOT NULL);
CREATE INDEX "Voice_variant_idx" ON "Voice" ("variant");
CREATE INDEX "Voice_orgId_idx" ON "Voice" ("orgId");
CREATE INDEX "Generation_orgId_idx" ON "Generation" ("orgId");
CREATE INDEX "Generation_voiceId_idx" ON "Generation" ("voiceId");
ALTER TABLE "Generation" ADD CONSTRAINT "Generation_voiceId_fkey"
  FOREIGN KEY ("voiceId") REFERENCES "Voice" ("id") ON DELETE SET NULL ON UPDATE CASCADE;`;
