// The form for a new voice: refuses what the service would refuse, uploads the rest, and says what became of it.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type InputIssue, toInputIssues } from "../../src/platform/input-issues.ts";
import { voiceInput } from "../../src/voice-creation/schema.ts";
import { ApiError, toApiError } from "./api.ts";
import { ErrorBox } from "./error-box.tsx";
import { useLeaveGuard } from "./page-guards.ts";
import { checkRecording, readTaggedName } from "./recording-check.ts";
import { type ChosenFile, RecordingSource } from "./recording-source.tsx";
import { useSignedIn } from "./session.ts";
import {
  type CreatedVoice,
  followPendingUploads,
  type UploadPhase,
  uploadVoice,
  type VoiceDraft,
} from "./upload.ts";
import { UploadProgress } from "./upload-progress.tsx";
import { VoiceFields } from "./voice-fields.tsx";

const EMPTY: VoiceDraft = { name: "", category: "GENERAL", language: "en-US", description: "" };
const NO_RECORDING: InputIssue = { code: "custom", message: "", path: ["recording"] };
/** Invalid fields, and the control beside the message about the recording. */
const INVALID = '[aria-invalid="true"], [aria-describedby="recording-issue"]';

/** What became of the latest upload. A voice that nobody waits for any more is not shown before it is asked for. */
type Outcome = ApiError | { text: string; voice?: CreatedVoice | null };

const cancelledText = (voice: CreatedVoice | null) =>
  voice
    ? `“${voice.name}” was created before it could be cancelled. You can delete it in the list.`
    : "The upload was cancelled. No voice was created.";

export function CreateVoice({ onCreated }: { onCreated: (voice: CreatedVoice) => void }) {
  const { orgId } = useSignedIn().identity;
  const [draft, setDraft] = useState(EMPTY);
  const [chosen, setChosen] = useState<ChosenFile | null>(null);
  const [phase, setPhase] = useState<UploadPhase | null>(null);
  const [issues, setIssues] = useState<InputIssue[]>([]);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const form = useRef<HTMLFormElement>(null);
  /** Not a state, which a second click before the next render would find unchanged. */
  const running = useRef<Promise<void> | null>(null);
  /** Changed input is a different request, which needs a key of its own. */
  const idempotencyKey = useMemo(() => crypto.randomUUID(), [draft, chosen]);
  const suggestedName = useRef("");
  const cancellation = useRef(new AbortController());
  const [end] = useState(() => new AbortController());
  useLeaveGuard(phase !== null);

  /** Shows the outcome of `task`, unless another one is running. */
  const run = (task: () => Promise<Outcome | null>) => {
    running.current ??= task()
      .catch(toApiError)
      .then((result) => {
        running.current = null;
        setPhase(null);
        setOutcome(result);
      });
  };
  useEffect(() => {
    followPendingUploads(orgId, end.signal);
    return () => end.abort();
  }, []);

  /** What is changed is not marked any more. */
  const forget = (fields: string[]) => {
    setOutcome(null);
    setIssues((before) => before.filter(({ path }) => !fields.includes(String(path[0]))));
  };
  const choose = (file: File | null, note = "") => {
    forget(["recording"]);
    setChosen(file && { file, note, checking: checkRecording(file) });
    // A file without readable tags suggests nothing.
    if (file) void readTaggedName(file).then(suggestName, () => undefined);
  };
  const suggestName = (name: string) => {
    const replaced = ["", suggestedName.current];
    suggestedName.current = name;
    setDraft((before) => (name && replaced.includes(before.name) ? { ...before, name } : before));
  };
  const submit = async () => {
    setIssues([]);
    setOutcome(null);
    const checked = await chosen?.checking;
    const input = voiceInput.safeParse(draft);
    const found = chosen ? [] : [NO_RECORDING];
    if (!input.success) found.push(...toInputIssues(input.error));
    return found.length === 0 && checked?.kind === "accepted" ? send(checked.file) : refuse(found);
  };
  const refuse = (found: InputIssue[]) => {
    setIssues(found);
    // After the messages were rendered.
    setTimeout(() => form.current?.querySelector<HTMLElement>(INVALID)?.focus());
    return null;
  };
  const send = async (file: File): Promise<Outcome | null> => {
    cancellation.current = new AbortController();
    const cancelled = cancellation.current.signal;
    const control = { onPhase: setPhase, cancelled, ended: end.signal };
    try {
      const voice = await uploadVoice({ orgId, draft, file, idempotencyKey }, control);
      // The voice can be deleted, which ends what the key stands for.
      if (voice) setDraft({ ...draft });
      if (cancelled.aborted) return { text: cancelledText(voice), voice };
      if (voice) show(voice);
    } catch (reason) {
      const { issues: found } = toApiError(reason);
      if (found.length === 0) throw reason;
      refuse(found);
    }
    return null;
  };
  const show = (voice: CreatedVoice) => {
    setOutcome(null);
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
        run(submit);
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
      {outcome instanceof ApiError && (
        <ErrorBox
          error={outcome}
          takesFocus
          onRetry={() => run(submit)}
          onChooseRecording={() => choose(null)}
        />
      )}
      {outcome && "text" in outcome && (
        <p role="status">
          {outcome.text}{" "}
          {outcome.voice && (
            <button type="button" class="button" onClick={() => outcome.voice && show(outcome.voice)}>
              Show the voice
            </button>
          )}
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
