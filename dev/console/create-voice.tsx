// A new voice: a recording and a few words in, progress and whatever goes wrong shown, the new card at the end.
import { useRef, useState } from "preact/hooks";
import { type Refusal, toRefusal } from "./api.ts";
import { RecordingSource } from "./recording-source.tsx";
import { type CreatedVoice, startUpload, type UploadPhase, type VoiceDraft, wasCancelled } from "./upload.ts";
import { UploadProgress } from "./upload-progress.tsx";
import { UploadTrouble } from "./upload-trouble.tsx";
import { VoiceFields } from "./voice-fields.tsx";

const EMPTY: VoiceDraft = { name: "", category: "GENERAL", language: "en-US", description: "" };

export function CreateVoice({ onCreated }: { onCreated: (voice: CreatedVoice) => void }) {
  const [draft, setDraft] = useState(EMPTY);
  const [file, setFile] = useState<File | null>(null);
  const [phase, setPhase] = useState<UploadPhase | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isFileMissing, setFileMissing] = useState(false);
  const idempotencyKey = useRef<string | null>(null);
  const cancel = useRef<() => void>(() => undefined);

  /** What changes makes another upload of it: the next one has a key of its own. */
  const change = () => {
    idempotencyKey.current = null;
    setRefusal(null);
    setFileMissing(false);
  };
  const send = async () => {
    if (!file) return setFileMissing(true);
    idempotencyKey.current ??= crypto.randomUUID();
    setRefusal(null);
    const upload = startUpload({ draft, file, idempotencyKey: idempotencyKey.current }, setPhase);
    cancel.current = upload.cancel;
    try {
      const created = await upload.result;
      change();
      setDraft(EMPTY);
      setFile(null);
      onCreated(created);
    } catch (error) {
      if (!wasCancelled(error)) setRefusal(toRefusal(error));
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
            change();
            setFile(chosen);
          }}
          issue={isFileMissing ? "Choose a file or record one first." : undefined}
        />
        <VoiceFields
          draft={draft}
          issues={refusal?.issues ?? []}
          onChange={(changes) => {
            change();
            setDraft((before) => ({ ...before, ...changes }));
          }}
        />
      </div>
      {refusal && (
        <UploadTrouble refusal={refusal} onRetry={() => void send()} onOtherRecording={() => setFile(null)} />
      )}
      {phase ? (
        <UploadProgress phase={phase} onCancel={() => cancel.current()} />
      ) : (
        <button type="submit" class="button primary">
          Create the voice
        </button>
      )}
    </form>
  );
}
