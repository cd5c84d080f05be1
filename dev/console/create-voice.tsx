// The form for a new voice: refuses what the service would refuse, uploads the rest, and says what became of it.
import { useEffect, useRef, useState } from "preact/hooks";
import { type InputIssue, toInputIssues } from "../../src/platform/input-issues.ts";
import { voiceInput } from "../../src/voice-creation/schema.ts";
import { type ApiError, toApiError } from "./api.ts";
import { useLeaveGuard } from "./page-guards.ts";
import { checkRecording, readTaggedName } from "./recording-check.ts";
import { type ChosenFile, RecordingSource } from "./recording-source.tsx";
import { type CreatedVoice, type Upload, type UploadPhase, uploadVoice, type VoiceDraft } from "./upload.ts";
import { UploadError } from "./upload-error.tsx";
import { UploadProgress } from "./upload-progress.tsx";
import { VoiceFields } from "./voice-fields.tsx";

const EMPTY: VoiceDraft = { name: "", category: "GENERAL", language: "en-US", description: "" };
const NO_RECORDING: InputIssue = { code: "custom", message: "", path: ["recording"] };
/** Invalid fields, and the control beside the message about the recording. */
const INVALID = '[aria-invalid="true"], [aria-describedby="recording-issue"]';

export function CreateVoice({ onCreated }: { onCreated: (voice: CreatedVoice) => void }) {
  const [draft, setDraft] = useState(EMPTY);
  const [chosen, setChosen] = useState<ChosenFile | null>(null);
  const [phase, setPhase] = useState<UploadPhase | null>(null);
  const [issues, setIssues] = useState<InputIssue[]>([]);
  const [error, setError] = useState<ApiError | null>(null);
  const [cancelled, setCancelled] = useState<CreatedVoice | "no voice" | null>(null);
  const form = useRef<HTMLFormElement>(null);
  /** Not a state, which a second click before the next render would find unchanged. */
  const running = useRef<Promise<void> | null>(null);
  const upload = useRef<Upload | null>(null);
  const suggestedName = useRef("");
  const cancellation = useRef(new AbortController());
  const [end] = useState(() => new AbortController());
  useEffect(() => () => end.abort(), [end]);
  useLeaveGuard(phase !== null);

  /** What is changed is not marked any more. */
  const forget = (fields: string[]) => {
    setError(null);
    setIssues((before) => before.filter(({ path }) => !fields.includes(String(path[0]))));
  };
  const choose = (file: File | null) => {
    forget(["recording"]);
    setChosen(file && { file, checking: checkRecording(file) });
    // A file without readable tags suggests nothing.
    if (file) void readTaggedName(file).then(suggestName, () => undefined);
  };
  const suggestName = (name: string) => {
    const replaced = ["", suggestedName.current];
    suggestedName.current = name;
    setDraft((before) => (name && replaced.includes(before.name) ? { ...before, name } : before));
  };
  const refuse = (found: InputIssue[]) => {
    setIssues(found);
    // After the messages were rendered.
    setTimeout(() => form.current?.querySelector<HTMLElement>(INVALID)?.focus());
  };
  const submit = () => {
    running.current ??= checkAndSend().finally(() => {
      running.current = null;
      setPhase(null);
    });
  };
  const checkAndSend = async () => {
    setIssues([]);
    setError(null);
    setCancelled(null);
    const checked = await chosen?.checking;
    const input = voiceInput.safeParse(draft);
    const found = chosen ? [] : [NO_RECORDING];
    if (!input.success) found.push(...toInputIssues(input.error));
    if (found.length === 0 && checked?.kind === "accepted") await send(checked.file);
    else refuse(found);
  };
  const send = async (file: File) => {
    // Changed input is a different request, which needs a key of its own.
    if (upload.current?.draft !== draft || upload.current.file !== file) {
      upload.current = { draft, file, idempotencyKey: crypto.randomUUID() };
    }
    cancellation.current = new AbortController();
    const { signal } = cancellation.current;
    const control = { onPhase: setPhase, cancelled: signal, ended: end.signal };
    try {
      const voice = await uploadVoice(upload.current, control);
      // The voice can be deleted, which ends what the key stands for.
      if (voice) upload.current = null;
      if (signal.aborted) setCancelled(voice ?? "no voice");
      else if (voice) show(voice);
    } catch (reason) {
      const failure = toApiError(reason);
      if (failure.issues.length > 0) refuse(failure.issues);
      else setError(failure);
    }
  };
  const show = (voice: CreatedVoice) => {
    setCancelled(null);
    setDraft(EMPTY);
    setChosen(null);
    onCreated(voice);
  };
  return (
    <form
      class="create"
      noValidate
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <h2 class="view-title" tabIndex={-1}>
        New voice
      </h2>
      <div class="create-parts" inert={phase !== null}>
        <RecordingSource chosen={chosen} onFile={choose} isMissing={issues.includes(NO_RECORDING)} />
        <VoiceFields
          draft={draft}
          issues={issues}
          onChange={(changes) => {
            forget(Object.keys(changes));
            setDraft((before) => ({ ...before, ...changes }));
          }}
        />
      </div>
      {error && <UploadError error={error} onRetry={submit} onChooseRecording={() => choose(null)} />}
      {cancelled === "no voice" && <p role="status">The upload was cancelled. No voice was created.</p>}
      {cancelled && cancelled !== "no voice" && (
        <p role="status">
          “{cancelled.name}” was created before it could be cancelled. You can delete it in the list.{" "}
          <button type="button" class="button" onClick={() => show(cancelled)}>
            Show the voice
          </button>
        </p>
      )}
      {phase ? (
        <UploadProgress phase={phase} onCancel={() => cancellation.current.abort()} />
      ) : (
        <button type="submit" class="button primary">
          Create voice
        </button>
      )}
    </form>
  );
}
