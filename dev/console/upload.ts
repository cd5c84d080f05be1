// Uploads a recording, and follows its Idempotency-Key until the outcome is known, also after the page was reloaded.
import type * as z from "zod";
import type { VoiceInput, voiceCreated } from "../../src/voice-creation/schema.ts";
import { type ApiError, callApi, toApiError } from "./api.ts";
import { notify } from "./toasts.tsx";

/** The fields of the form, not validated yet. */
export type VoiceDraft = Record<keyof VoiceInput, string>;

export type UploadPhase =
  | { kind: "sending"; sentBytes: number; totalBytes: number }
  /** The last byte is sent: the service probes the recording. */
  | { kind: "checking" }
  /** Whether there is a voice is not known: after a lost answer or a cancellation. `error` is the latest one. */
  | { kind: "lost" | "cancelling"; error: ApiError | null };

interface PendingUpload {
  orgId: string;
  draft: VoiceDraft;
  /** The same for every retry, so that a retry cannot create a second voice. */
  idempotencyKey: string;
}

interface Upload extends PendingUpload {
  file: File;
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
const ignore = () => undefined;
const READ_HEADERS = ["Retry-After", "X-Request-Id"];
/** Before the Idempotency-Keys of an organisation's pending uploads in sessionStorage. */
const prefixOf = (orgId: string) => `pending-upload ${orgId} `;

/** Keeps an upload until `follow` knows its outcome, so that a page that is loaded anew can follow it. */
async function untilKnown<Outcome>(
  upload: PendingUpload,
  ended: AbortSignal,
  follow: () => Promise<Outcome>,
): Promise<Outcome> {
  const name = prefixOf(upload.orgId) + upload.idempotencyKey;
  sessionStorage.setItem(name, JSON.stringify(upload));
  try {
    return await follow();
  } finally {
    if (!ended.aborted) sessionStorage.removeItem(name);
  }
}

/**
 * Uploads a voice. Without an answer it repeats the request, after a cancellation it asks for the voice, until the
 * service says whether there is one. Returns null when the upload was cancelled in time.
 * @throws {ApiError} why there is none
 */
export const uploadVoice = (upload: Upload, { onPhase, cancelled, ended }: Control) =>
  untilKnown(upload, ended, async (): Promise<CreatedVoice | null> => {
    const interrupted = AbortSignal.any([cancelled, ended]);
    let report = onPhase;
    const reportLost = (error: ApiError) => {
      onPhase({ kind: "lost", error });
      // What a repetition does changes nothing for the user until it settles the outcome.
      report = ignore;
    };
    try {
      return await repeat(() => send(upload, interrupted, report), interrupted, reportLost);
    } catch (reason) {
      if (!cancelled.aborted) throw reason;
    }
    onPhase({ kind: "cancelling", error: null });
    const reportUnknown = (error: ApiError) => onPhase({ kind: "cancelling", error });
    if (!(await hasVoice(upload, ended, reportUnknown))) return null;
    return repeat(() => send(upload, ended, ignore), ended, ignore, true);
  });

/** Follows the uploads that the page was left during, and says whether they have created their voices. */
export function followPendingUploads(orgId: string, ended: AbortSignal): void {
  const names = Object.keys(sessionStorage).filter((name) => name.startsWith(prefixOf(orgId)));
  for (const name of names) {
    const upload: PendingUpload = JSON.parse(sessionStorage.getItem(name) ?? "");
    void untilKnown(upload, ended, () => hasVoice(upload, ended, ignore)).then((isCreated) => {
      const outcome = isCreated ? "was created" : "was not created";
      notify(
        `The page was left while “\u2068${upload.draft.name}\u2069” was uploaded. The voice ${outcome}.`,
      );
    }, ignore);
  }
}

/** Whether there is a voice under the key. An empty body creates none: it is refused, as empty or as another request. */
async function hasVoice(upload: PendingUpload, ended: AbortSignal, onLost: (error: ApiError) => void) {
  const headers = { "Idempotency-Key": upload.idempotencyKey };
  try {
    await repeat(() => callApi(pathOf(upload), { method: "POST", headers }), ended, onLost, true);
    return true;
  } catch (reason) {
    ended.throwIfAborted();
    return toApiError(reason).status === 422;
  }
}

/** Repeats a request until it succeeds, or its error tells whether there is a voice. */
async function repeat<Outcome>(
  request: () => Promise<Outcome>,
  interrupted: AbortSignal,
  onLost: (error: ApiError) => void,
  wasLost = false,
): Promise<Outcome> {
  for (let isLost = wasLost; ; isLost = true) {
    interrupted.throwIfAborted();
    try {
      return await request();
    } catch (reason) {
      interrupted.throwIfAborted();
      const error = toApiError(reason);
      if (!leavesOpen(error, isLost)) throw error;
      onLost(error);
      await pause(error.retryAfterSeconds ?? REPEAT_AFTER_SECONDS, interrupted);
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

const pathOf = ({ draft: { description, ...required } }: PendingUpload) =>
  `/api/voices/create?${new URLSearchParams({ ...required, ...(description && { description }) })}`;

/** With XMLHttpRequest, because fetch does not report upload progress. */
async function send(upload: Upload, signal: AbortSignal, onPhase: Control["onPhase"]): Promise<CreatedVoice> {
  const { file, idempotencyKey } = upload;
  const sendWithProgress = (path: string) =>
    new Promise<Response>((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.upload.onprogress = ({ loaded, total }) =>
        onPhase({ kind: "sending", sentBytes: loaded, totalBytes: total });
      request.upload.onload = () => onPhase({ kind: "checking" });
      request.onabort = reject;
      request.onerror = reject;
      request.onload = () => {
        const { status, responseText } = request;
        const headers = Object.fromEntries(
          READ_HEADERS.map((name) => [name, request.getResponseHeader(name) ?? ""]),
        );
        resolve(new Response(responseText, { status, headers }));
      };
      signal.addEventListener("abort", () => request.abort());
      request.open("POST", path);
      request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
      request.setRequestHeader("Idempotency-Key", idempotencyKey);
      onPhase({ kind: "sending", sentBytes: 0, totalBytes: file.size });
      request.send(file);
    });
  return (await callApi(pathOf(upload), { signal }, sendWithProgress)).json();
}

const pause = (seconds: number, interrupted: AbortSignal) =>
  new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
    interrupted.addEventListener("abort", resolve);
  });
