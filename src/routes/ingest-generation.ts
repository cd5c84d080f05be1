// The way in for generations: begun, given their audio, or given up by the backend that makes them. Each step may be
// sent again, and then changes nothing.
import type { Context } from "hono";
import { deleteAudio, generationKey } from "../adapters/audio-store.ts";
import { digestBody, UNLESS_THERE } from "../adapters/audio-upload.ts";
import {
  addGeneration,
  beginAttempt,
  canUseVoice,
  completeGeneration,
  endAttempt,
  failGeneration,
  findIngested,
  type Ingested,
  renameAttempt,
} from "../adapters/ingest.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { log } from "../log.ts";
import { judgeGeneration } from "../rules/audio-verdict.ts";
import { type FailureInput, type GenerationInput, isSameGeneration } from "../rules/generation-input.ts";
import { toGenerationResource } from "../rules/generation-resource.ts";
import { MAX_GENERATION_BYTES } from "../rules/upload.ts";
import { receiveAudio, requireUpload } from "./receive-audio.ts";

type Path = { out: { param: { generationId: string } } };
type Begun = Path & { out: { json: GenerationInput } };
type Failed = Path & { out: { json: FailureInput } };

const LIMIT = { maxBytes: MAX_GENERATION_BYTES, tooLarge: "audio_too_large" } as const;
const RETRY_AFTER_SECONDS = 5;

/** PUT /internal/generations/{id}: begins a generation. */
export async function beginGeneration(c: Context<AppEnv, string, Begun>) {
  const { database } = c.var;
  const { generationId: id } = c.req.valid("param");
  const input = c.req.valid("json");
  const known = await findIngested(database, id);
  if (known) return respondKnown(c, known, input);

  if (input.voiceId !== null && !(await canUseVoice(database, input.voiceId, input.orgId))) {
    const issue = { code: "custom", message: "The organisation has no such voice", path: ["voiceId"] };
    throw new ApiError("invalid_input", { issues: [issue] });
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
  return known;
}

/** PUT /internal/generations/{id}/audio: stores and inspects the body, and makes the generation ready. */
export async function receiveGenerationAudio(c: Context<AppEnv, string, Path>) {
  requireUpload(c.req.raw, LIMIT);
  const { generationId: id } = c.req.valid("param");
  const attempt = crypto.randomUUID();
  const claimed = await beginAttempt(c.var.database, id, attempt, new Date());
  if (!claimed) return c.json(toGenerationResource(await requireSameAudio(c, id)), 200);
  const storing = store(c, claimed, attempt);
  // When the client goes away, what was begun is still undone.
  c.executionCtx.waitUntil(Promise.allSettled([storing]));
  return c.json(toGenerationResource(await storing), 200);
}

/** The generation, if the request brings the audio that it has. */
async function requireSameAudio(c: Context<AppEnv>, id: string): Promise<Ingested> {
  const known = await requireGeneration(c, id);
  if (!known.r2ObjectKey) throw receiving();
  const digest = await digestBody(c.req.raw.body, MAX_GENERATION_BYTES);
  if (digest === null || digest !== known.audioDigest) throw new ApiError("generation_audio_differs");
  return known;
}

async function store(c: Context<AppEnv>, { id, orgId }: Ingested, attempt: string): Promise<Ingested> {
  const r2ObjectKey = generationKey(orgId, id);
  try {
    // What an attempt that died may have left.
    await deleteAudio(c.var.bucket, [r2ObjectKey]);
    const { inspection, sizeBytes, md5 } = await receiveAudio(c, r2ObjectKey, LIMIT, UNLESS_THERE);
    const verdict = judgeGeneration(inspection);
    if (verdict.kind === "not-wav") throw new ApiError("audio_not_wav", { cause: verdict.reason });
    const audio = { r2ObjectKey, durationSeconds: verdict.durationSeconds, sizeBytes, audioDigest: md5 };
    const completed = await completeGeneration(c.var.database, id, attempt, audio);
    if (!completed) throw receiving();
    return completed;
  } catch (error) {
    await undo(c, id, attempt, r2ObjectKey).catch((cause: unknown) =>
      log.error("generation_undo_failed", { generationId: id, cause }),
    );
    if (error instanceof ApiError) throw error;
    throw new ApiError("generation_audio_failed", { cause: error });
  }
}

/**
 * Takes back what was stored, unless the generation is ready after all or another attempt has taken over. The claim
 * changes its name first: a completion that is still on its way finds it gone.
 */
async function undo(c: Context<AppEnv>, id: string, attempt: string, r2ObjectKey: string): Promise<void> {
  const undoing = crypto.randomUUID();
  if (!(await renameAttempt(c.var.database, id, attempt, undoing))) return;
  await deleteAudio(c.var.bucket, [r2ObjectKey]);
  await endAttempt(c.var.database, id, undoing);
}

const receiving = () =>
  new ApiError("generation_receiving", { headers: { "Retry-After": String(RETRY_AFTER_SECONDS) } });

/** PUT /internal/generations/{id}/failure: notes that no audio will come, and why. */
export async function giveUpGeneration(c: Context<AppEnv, string, Failed>) {
  const { generationId: id } = c.req.valid("param");
  const failed = await failGeneration(c.var.database, id, c.req.valid("json").reason, new Date());
  if (failed) return c.json(toGenerationResource(failed), 200);
  await requireGeneration(c, id);
  throw new ApiError("generation_is_ready");
}
