// Uploads a recording with XMLHttpRequest, because fetch does not report upload progress.
import type * as z from "zod";
import type { VoiceInput, voiceCreated } from "../../src/voice-creation/schema.ts";
import { networkError, parseApiError } from "./api.ts";

/** The fields of the form, not validated yet. */
export type VoiceDraft = Record<keyof VoiceInput, string>;

/** After the last byte is sent, the service probes the recording. */
export type UploadPhase = { kind: "sending"; sentBytes: number; totalBytes: number } | { kind: "checking" };

export interface Upload {
  draft: VoiceDraft;
  file: File;
  /** The same for every retry, so that a retry cannot create a second voice. */
  idempotencyKey: string;
}

export type CreatedVoice = z.output<typeof voiceCreated>;

/** Starts an upload. `result` rejects with an ApiError, or with null when it was cancelled. */
export function startUpload(
  { draft, file, idempotencyKey }: Upload,
  onPhase: (phase: UploadPhase) => void,
): { result: Promise<CreatedVoice>; cancel: () => void } {
  const request = new XMLHttpRequest();
  const result = new Promise<CreatedVoice>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) =>
      onPhase({ kind: "sending", sentBytes: loaded, totalBytes: total });
    request.upload.onload = () => onPhase({ kind: "checking" });
    request.onabort = () => reject(null);
    request.onerror = () => reject(networkError());
    request.onload = () => {
      const { status, responseText } = request;
      if (status === 201) return resolve(JSON.parse(responseText));
      reject(parseApiError(status, (name) => request.getResponseHeader(name), responseText));
    };
  });
  const { description, ...required } = draft;
  const query = new URLSearchParams({ ...required, ...(description && { description }) });
  request.open("POST", `/api/voices/create?${query}`);
  request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
  request.setRequestHeader("Idempotency-Key", idempotencyKey);
  onPhase({ kind: "sending", sentBytes: 0, totalBytes: file.size });
  request.send(file);
  return { result, cancel: () => request.abort() };
}

export const isCancellation = (error: unknown): boolean => error === null;
