-- What the handler of the change feed has applied: the last sequence of each voice and generation, also of deleted ones,
-- and the voice that a generation names.
CREATE TABLE "ResonanceSync" (
    "kind" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "voiceId" TEXT,

    CONSTRAINT "ResonanceSync_pkey" PRIMARY KEY ("kind","id")
);

CREATE INDEX "ResonanceSync_voiceId_idx" ON "ResonanceSync"("voiceId");
