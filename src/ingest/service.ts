// The way in for generations: begun, given their audio, or given up by the backend that makes them. Each step may be
// sent again, and then changes nothing.
import type { Context } from "hono";
import { toGenerationResource } from "../generations/schema.ts";
import { deleteAudio, describeAudio, generationKey } from "../platform/audio-store.ts";
import type { AppEnv } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { log } from "../platform/logger.ts";
import { receiveAudio, requireUpload, type SharedKey, storeBody } from "../recordings/store-and-probe.ts";
import { digestBody } from "../recordings/store-body.ts";
import { MAX_GENERATION_BYTES } from "../recordings/upload-limits.ts";
import { judgeGeneration } from "../voice-creation/policy.ts";
import { takeBackAttempt } from "./cleanup.ts";
import {
  addGeneration,
  beginAttempt,
  canUseVoice,
  completeGeneration,
  failGeneration,
  findIngested,
  type Ingested,
  renewAttempt,
} from "./queries.ts";
import { type FailureInput, type GenerationInput, isSameGeneration } from "./schema.ts";

type Path = { out: { param: { generationId: string } } };
type Begun = Path & { out: { json: GenerationInput } };
type Failed = Path & { out: { json: FailureInput } };

const LIMIT = { maxBytes: MAX_GENERATION_BYTES, tooLarge: "audio_too_large" } as const;
const RETRY_AFTER_SECONDS = 5;
const UNLESS_THERE: R2PutOptions = { onlyIf: { etagDoesNotMatch: "*" } };

/** PUT /internal/generations/{id}: begins a generation. */
export async function beginGeneration(c: Context<AppEnv, string, Begun>) {
  const { database } = c.var;
  const { generationId: id } = c.req.valid("param");
  const input = c.req.valid("json");
  c.set("actsFor", input.orgId);
  const known = await findIngested(database, id);
  if (known) return respondKnown(c, known, input);

  if (input.voiceId !== null && !(await canUseVoice(database, input.voiceId, input.orgId))) {
    const issue = { code: "custom", message: "The organisation has no such voice", path: ["voiceId"] };
    throw new ApiError("invalid_input", { members: { issues: [issue] } });
  }
  const isNew = await addGeneration(database, id, input);
  const added = await requireGeneration(c, id);
  return isNew ? c.json(toGenerationResource(added), 201) : respondKnown(c, added, input);
}

function respondKnown(c: Context<AppEnv>, known: Ingested, input: GenerationInput) {
  if (!isSameGeneration(known, input)) throw new ApiError("generation_differs");
  return c.json(toGenerationResource(known), 200);
}

async function requireGeneration(c: Context<AppEnv>, id: string): Promise<Ingested> {
  const known = await findIngested(c.var.database, id);
  if (!known) throw new ApiError("generation_not_found");
  c.set("actsFor", known.orgId);
  return known;
}

/** PUT /internal/generations/{id}/audio: stores and inspects the body, and makes the generation ready. */
export async function receiveGenerationAudio(c: Context<AppEnv, string, Path>) {
  requireUpload(c.req.raw, LIMIT);
  const { generationId: id } = c.req.valid("param");
  const attempt = crypto.randomUUID();
  const claimed = await beginAttempt(c.var.database, id, attempt, new Date());
  const known = claimed ?? (await requireGeneration(c, id));
  c.set("actsFor", known.orgId);
  const storing = claimed ? store(c, claimed, attempt) : repeat(c, known);
  // When the client goes away, what was begun is still undone.
  c.executionCtx.waitUntil(Promise.allSettled([storing]));
  return c.json(toGenerationResource(await storing), 200);
}

async function store(c: Context<AppEnv>, { id, orgId }: Ingested, attempt: string): Promise<Ingested> {
  const r2ObjectKey = generationKey(orgId, id);
  const guard: SharedKey = {
    condition: UNLESS_THERE,
    holds: () => renewAttempt(c.var.database, id, attempt, new Date()),
    occupied: receiving,
  };
  try {
    const { inspection, sizeBytes, md5 } = await receiveAudio(c, r2ObjectKey, LIMIT, guard);
    const verdict = judgeGeneration(inspection);
    if (verdict.kind === "not-wav") throw new ApiError("audio_not_wav", { cause: verdict.reason });
    const audio = { r2ObjectKey, durationSeconds: verdict.durationSeconds, sizeBytes, audioDigest: md5 };
    const completed = await completeGeneration(c.var.database, id, attempt, audio);
    if (!completed) throw receiving();
    return completed;
  } catch (error) {
    const taken = { id, orgId, attempt };
    await takeBackAttempt(c.var.database, c.var.bucket, taken, new Date()).catch((cause: unknown) =>
      log.error("generation_undo_failed", { generationId: id, cause }),
    );
    if (error instanceof ApiError) throw error;
    throw new ApiError("generation_audio_failed", { cause: error });
  }
}

/** The ready generation, if the request brings the audio that it has. Should R2 have lost that, it is stored again. */
async function repeat(c: Context<AppEnv>, known: Ingested): Promise<Ingested> {
  const { r2ObjectKey, sizeBytes, audioDigest } = known;
  if (!r2ObjectKey) throw receiving();
  const object = await describeAudio(c.var.bucket, r2ObjectKey);
  const isThere = object !== null && (sizeBytes === null || object.size === sizeBytes);
  if (!isThere) return restore(c, known, r2ObjectKey);
  const digested = await digestBody(c.req.raw.body, MAX_GENERATION_BYTES);
  if (digested.kind === "interrupted") throw new ApiError("upload_interrupted");
  if (digested.kind === "too-large" || digested.md5 !== audioDigest) {
    throw new ApiError("generation_audio_differs");
  }
  return known;
}

/** Whoever restores the audio first has done so for all. */
async function restore(c: Context<AppEnv>, known: Ingested, r2ObjectKey: string): Promise<Ingested> {
  const guard = { condition: UNLESS_THERE, holds: async () => true, occupied: receiving };
  await deleteAudio(c.var.bucket, [r2ObjectKey]);
  const { md5 } = await storeBody(c, r2ObjectKey, LIMIT, guard);
  if (md5 === known.audioDigest) return known;
  await deleteAudio(c.var.bucket, [r2ObjectKey]);
  throw new ApiError("generation_audio_differs");
}

const receiving = () =>
  new ApiError("generation_receiving", { headers: { "Retry-After": String(RETRY_AFTER_SECONDS) } });

/** PUT /internal/generations/{id}/failure: notes that no audio will come, and why. */
export async function giveUpGeneration(c: Context<AppEnv, string, Failed>) {
  const { generationId: id } = c.req.valid("param");
  const failed = await failGeneration(c.var.database, id, c.req.valid("json").reason, new Date());
  if (failed) {
    c.set("actsFor", failed.orgId);
    return c.json(toGenerationResource(failed), 200);
  }
  await requireGeneration(c, id);
  throw new ApiError("generation_is_ready");
}
