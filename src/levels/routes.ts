// GET /api/voices/{voiceId}/peaks and GET /api/audio/{generationId}/peaks: the levels of an audio, for whom may play it.
// They come from D1, and are measured first where they are not there yet.
import type { Context } from "hono";
import { type SessionEnv, session } from "../auth/session.ts";
import { evaluatePreconditions } from "../http/preconditions.ts";
import type { AudioLevels } from "../platform/audio-levels.ts";
import type { BaseEnv } from "../platform/env.ts";
import { ApiError, type ErrorCode } from "../platform/errors.ts";
import { createFactory } from "../platform/handlers.ts";
import { VARY_ON_SESSION } from "../platform/security-headers.ts";
import { measureLevels, RETRY_AFTER_SECONDS, RUNNING_RETRY_AFTER_SECONDS } from "./measure.ts";
import { isStored, knownLevelsOf, type StoredRow, toPeaksResource } from "./policy.ts";
import { generationLevels, type LevelsTable, voiceLevels } from "./queries.ts";

/** One kind of audio: its rows, and the errors of playing it. */
interface Kind {
  table: LevelsTable;
  notFound: ErrorCode;
  notReady: ErrorCode;
  failed: ErrorCode;
  unavailable: ErrorCode;
}

const VOICE: Kind = {
  table: voiceLevels,
  notFound: "voice_not_found",
  notReady: "voice_not_ready",
  failed: "voice_not_ready",
  unavailable: "voice_unavailable",
};
const GENERATION: Kind = {
  table: generationLevels,
  notFound: "generation_not_found",
  notReady: "generation_not_ready",
  failed: "generation_failed",
  unavailable: "generation_unavailable",
};

export const getVoicePeaks = createFactory<BaseEnv, "/api/voices/:voiceId/peaks">().createHandlers(
  session,
  (c) => respondWithPeaks(c, VOICE, c.req.param("voiceId")),
);

export const getGenerationPeaks = createFactory<BaseEnv, "/api/audio/:generationId/peaks">().createHandlers(
  session,
  (c) => respondWithPeaks(c, GENERATION, c.req.param("generationId")),
);

async function respondWithPeaks(c: Context<SessionEnv>, kind: Kind, id: string) {
  const row = await kind.table.find(c.var.database, id, c.var.identity.orgId, "nearest");
  if (!row) throw new ApiError(kind.notFound);
  if (!isStored(row)) throw new ApiError(row.failedAt ? kind.failed : kind.notReady);
  const levels = await requireLevels(c, kind, row);
  // The levels of an audio do not change, and storing another one moves `updatedAt`.
  const lastModified = row.updatedAt.getTime();
  const validators = { etag: `"${lastModified.toString(36)}"`, lastModified };
  c.header("ETag", validators.etag);
  c.header("Cache-Control", "private, max-age=3600");
  c.header("Vary", VARY_ON_SESSION);
  const conditions = { ...NO_CONDITIONS, ifNoneMatch: c.req.header("If-None-Match") };
  if (evaluatePreconditions(conditions, validators) === "not-modified") return c.body(null, 304);
  return c.json(toPeaksResource(row, levels), 200);
}

const NO_CONDITIONS = {
  ifMatch: undefined,
  ifModifiedSince: undefined,
  ifUnmodifiedSince: undefined,
  ifRange: undefined,
};

/** @throws {ApiError} when there are none, or they cannot be measured now */
async function requireLevels(c: Context<SessionEnv>, kind: Kind, row: StoredRow): Promise<AudioLevels> {
  const known = knownLevelsOf(row);
  const measured =
    known.kind === "unmeasured"
      ? await measureLevels({ env: c.env, database: c.var.database }, kind.table, row)
      : known;
  switch (measured.kind) {
    case "levels":
      return measured.levels;
    case "none":
      throw new ApiError("peaks_not_available");
    case "missing":
      throw new ApiError(kind.unavailable, { cause: "the object does not exist" });
    case "running":
      throw new ApiError("peaks_busy", { headers: { "Retry-After": String(RUNNING_RETRY_AFTER_SECONDS) } });
    case "failed":
      throw new ApiError("peaks_busy", {
        headers: { "Retry-After": String(RETRY_AFTER_SECONDS) },
        cause: measured.cause,
      });
  }
}
