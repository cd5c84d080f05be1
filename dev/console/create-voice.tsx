// The form for a new voice: recording, fields, upload progress and errors.
import { useRef, useState } from "preact/hooks";
import { type ApiError, toApiError } from "./api.ts";
import { RecordingSource } from "./recording-source.tsx";
import {
  type CreatedVoice,
  isCancellation,
  startUpload,
  type UploadPhase,
  type VoiceDraft,
} from "./upload.ts";
import { UploadError } from "./upload-error.tsx";
import { UploadProgress } from "./upload-progress.tsx";
import { VoiceFields } from "./voice-fields.tsx";

const EMPTY: VoiceDraft = { name: "", category: "GENERAL", language: "en-US", description: "" };

export function CreateVoice({ onCreated }: { onCreated: (voice: CreatedVoice) => void }) {
  const [draft, setDraft] = useState(EMPTY);
  const [file, setFile] = useState<File | null>(null);
  const [phase, setPhase] = useState<UploadPhase | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [isFileMissing, setFileMissing] = useState(false);
  const idempotencyKey = useRef<string | null>(null);
  const cancel = useRef<() => void>(() => undefined);

  /** Changed input is a different request, which needs a new idempotency key. */
  const startOver = () => {
    idempotencyKey.current = null;
    setError(null);
    setFileMissing(false);
  };
  const send = async () => {
    if (!file) return setFileMissing(true);
    idempotencyKey.current ??= crypto.randomUUID();
    setError(null);
    const upload = startUpload({ draft, file, idempotencyKey: idempotencyKey.current }, setPhase);
    cancel.current = upload.cancel;
    try {
      const created = await upload.result;
      startOver();
      setDraft(EMPTY);
      setFile(null);
      onCreated(created);
    } catch (reason) {
      if (!isCancellation(reason)) setError(toApiError(reason));
    } finally {
      setPhase(null);
    }
  };
  return (
    <form
      class="create"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!phase) void send();
      }}
    >
      <h2 class="view-title" tabIndex={-1}>
        New voice
      </h2>
      <div class="create-parts" inert={phase !== null}>
        <RecordingSource
          file={file}
          onFile={(chosen) => {
            startOver();
            setFile(chosen);
          }}
          issue={isFileMissing ? "Choose an audio file or record one first." : undefined}
        />
        <VoiceFields
          draft={draft}
          issues={error?.issues ?? []}
          onChange={(changes) => {
            startOver();
            setDraft((before) => ({ ...before, ...changes }));
          }}
        />
      </div>
      {error && (
        <UploadError error={error} onRetry={() => void send()} onChooseRecording={() => setFile(null)} />
      )}
      {phase ? (
        <UploadProgress phase={phase} onCancel={() => cancel.current()} />
      ) : (
        <button type="submit" class="button primary">
          Create voice
        </button>
      )}
    </form>
  );
}
