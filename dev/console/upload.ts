// Uploads a recording, and follows its Idempotency-Key until the outcome is known. With XMLHttpRequest, because fetch
// does not report upload progress.
import type * as z from "zod";
import type { VoiceInput, voiceCreated } from "../../src/voice-creation/schema.ts";
import { type ApiError, callApi, networkError, parseApiError, toApiError } from "./api.ts";

/** The fields of the form, not validated yet. */
export type VoiceDraft = Record<keyof VoiceInput, string>;

export type UploadPhase =
  | { kind: "sending"; sentBytes: number; totalBytes: number }
  /** The last byte is sent: the service probes the recording. */
  | { kind: "checking" }
  /** `error` does not tell whether there is a voice. */
  | { kind: "lost"; error: ApiError }
  | { kind: "cancelling" };

export interface Upload {
  draft: VoiceDraft;
  file: File;
  /** The same for every retry, so that a retry cannot create a second voice. */
  idempotencyKey: string;
}

export type CreatedVoice = z.output<typeof voiceCreated>;

interface Control {
  onPhase: (phase: UploadPhase) => void;
  /** The user wants no voice any more. */
  cancelled: AbortSignal;
  /** Nobody waits for the outcome any more. */
  ended: AbortSignal;
}

/** So many tries stay below the service's limit of 30 uploads a minute. */
const REPEAT_AFTER_SECONDS = 3;

/**
 * Uploads a voice. Without an answer it repeats the request, after a cancellation it asks for the voice, until the
 * service says whether there is one. Returns null when the upload was cancelled in time.
 * @throws {ApiError} why there is none
 */
export async function uploadVoice(
  upload: Upload,
  { onPhase, cancelled, ended }: Control,
): Promise<CreatedVoice | null> {
  let isLost = false;
  for (;;) {
    ended.throwIfAborted();
    const isCancelled = cancelled.aborted;
    try {
      // What a repetition does changes nothing for the user until it settles the outcome.
      const report = isLost || isCancelled ? () => undefined : onPhase;
      if (!isCancelled) return await send(upload, AbortSignal.any([cancelled, ended]), report);
      onPhase({ kind: "cancelling" });
      return (await hasVoice(upload)) ? await send(upload, ended, report) : null;
    } catch (reason) {
      const error = toApiError(reason);
      if (cancelled.aborted && !isCancelled) continue;
      if (!leavesOpen(error, isLost || isCancelled)) throw error;
      isLost = true;
      if (!isCancelled) onPhase({ kind: "lost", error });
      await pause(error.retryAfterSeconds ?? REPEAT_AFTER_SECONDS, isCancelled ? ended : cancelled);
    }
  }
}

/** Whether the voice may exist, or come to exist, after `error`. */
function leavesOpen({ status, requestId, retryAfterSeconds }: ApiError, isLost: boolean): boolean {
  // A response without a request id is a proxy's.
  if (status === 0 || (status >= 500 && requestId === null)) return true;
  // Without Retry-After, 409 says that the voice was deleted.
  if (status === 409) return retryAfterSeconds !== null;
  // These are decided before the key is looked up.
  return isLost && (status === 401 || status === 429 || status >= 500);
}

/** Whether there is a voice under the key. An empty body creates none: it is refused, as empty or as another request. */
async function hasVoice(upload: Upload): Promise<boolean> {
  try {
    await callApi(pathOf(upload), { method: "POST", headers: { "Idempotency-Key": upload.idempotencyKey } });
    return true;
  } catch (reason) {
    const error = toApiError(reason);
    if (leavesOpen(error, true)) throw error;
    return error.status === 422;
  }
}

const pathOf = ({ draft: { description, ...required } }: Upload) =>
  `/api/voices/create?${new URLSearchParams({ ...required, ...(description && { description }) })}`;

async function send(
  upload: Upload,
  aborted: AbortSignal,
  onPhase: Control["onPhase"],
): Promise<CreatedVoice> {
  aborted.throwIfAborted();
  const { file, idempotencyKey } = upload;
  const request = new XMLHttpRequest();
  const body = await new Promise<string>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) =>
      onPhase({ kind: "sending", sentBytes: loaded, totalBytes: total });
    request.upload.onload = () => onPhase({ kind: "checking" });
    request.onabort = () => reject(networkError());
    request.onerror = () => reject(networkError());
    request.onload = () => {
      const { status, responseText } = request;
      if (status === 201) return resolve(responseText);
      reject(parseApiError(status, (name) => request.getResponseHeader(name), responseText));
    };
    aborted.addEventListener("abort", () => request.abort());
    request.open("POST", pathOf(upload));
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("Idempotency-Key", idempotencyKey);
    onPhase({ kind: "sending", sentBytes: 0, totalBytes: file.size });
    request.send(file);
  });
  return JSON.parse(body);
}

const pause = (seconds: number, interrupted: AbortSignal) =>
  new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
    interrupted.addEventListener("abort", resolve);
  });
