// What a call of the ingest results in, and which error stands for what went wrong. Knows neither HTTP nor RPC.
import { type AudioFacts, toAudioFacts } from "../platform/audio-facts.ts";
import { WRITE_INTERVAL_SECONDS } from "../platform/audio-store.ts";
import type { ErrorCode } from "../platform/errors.ts";
import type { InputIssue } from "../platform/input-issues.ts";
import type { StoreResult } from "../recordings/store-body.ts";
import type { GenerationRow } from "./queries.ts";

export type IngestResult =
  /** "created" when this call inserted the generation; `storedAudio` when it stored the audio. */
  { kind: "created" | "ok"; generation: GenerationRow; storedAudio?: AudioFacts } | IngestRefusal;

export interface IngestRefusal {
  kind: "refused";
  code: ErrorCode;
  issues?: InputIssue[];
  retryAfterSeconds?: number;
  /** Why, for the log only. */
  cause?: unknown;
  /** The organisation of the generation, where it is known. */
  orgId?: string;
}

const UPLOAD_RETRY_AFTER_SECONDS = 5;

export const ok = (generation: GenerationRow): IngestResult => ({ kind: "ok", generation });

export const audioStored = (generation: GenerationRow): IngestResult => ({
  kind: "ok",
  generation,
  storedAudio: toAudioFacts(generation),
});

export const refused = (
  code: ErrorCode,
  detail: Omit<IngestRefusal, "kind" | "code"> = {},
): IngestRefusal => ({
  kind: "refused",
  code,
  ...detail,
});

export const uploadInProgress = (orgId: string): IngestRefusal =>
  refused("generation_upload_in_progress", { orgId, retryAfterSeconds: UPLOAD_RETRY_AFTER_SECONDS });

/** Why a body was not stored. */
export const refusedBody = (kind: Exclude<StoreResult["kind"], "stored">, orgId?: string): IngestRefusal => {
  const { code, ...detail } = BODY_REFUSALS[kind];
  return refused(code, { ...detail, ...(orgId !== undefined && { orgId }) });
};

const BODY_REFUSALS: Record<
  Exclude<StoreResult["kind"], "stored">,
  Pick<IngestRefusal, "code" | "retryAfterSeconds">
> = {
  conflict: { code: "generation_upload_in_progress", retryAfterSeconds: UPLOAD_RETRY_AFTER_SECONDS },
  empty: { code: "empty_body" },
  interrupted: { code: "upload_interrupted" },
  mismatch: { code: "generation_audio_conflict" },
  throttled: { code: "storage_busy", retryAfterSeconds: WRITE_INTERVAL_SECONDS },
  "too-large": { code: "generation_audio_too_large" },
};
