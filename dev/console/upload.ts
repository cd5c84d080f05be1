// Sends a recording, by XMLHttpRequest: it alone tells how far a body has gone.
import { noAnswer, refusalOf } from "./api.ts";

export interface VoiceDraft {
  name: string;
  category: string;
  language: string;
  description: string;
}

/** First the bytes go out, then the service inspects them. */
export type UploadPhase = { kind: "sending"; sentBytes: number; totalBytes: number } | { kind: "checking" };

export interface Upload {
  draft: VoiceDraft;
  file: File;
  /** The same for every try of one upload, so that two of them can't make two voices. */
  idempotencyKey: string;
}

export interface CreatedVoice {
  id: string;
  name: string;
}

/** Starts an upload; `result` rejects with a Refusal, or with null when it was cancelled. */
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
    request.onerror = () => reject(noAnswer());
    request.onload = () => {
      const { status, responseText } = request;
      if (status === 201) return resolve(JSON.parse(responseText));
      reject(refusalOf(status, (name) => request.getResponseHeader(name), responseText));
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

export const wasCancelled = (error: unknown): boolean => error === null;
