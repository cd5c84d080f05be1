// Changes what is said of one of the organisation's own voices, in the place of its card.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { VoiceResource } from "../../src/voices/schema.ts";
import { type ApiError, sendJson, toApiError } from "./api.ts";
import { ErrorBox } from "./error-box.tsx";
import type { VoiceDraft } from "./upload.ts";
import { VoiceFields } from "./voice-fields.tsx";

const INVALID = '[aria-invalid="true"]';

interface Props {
  voice: VoiceResource;
  /** Null when nothing was changed. */
  onClose: (changed: VoiceResource | null) => void;
}

export function VoiceEditor({ voice, onClose }: Props) {
  const { id, name, category, language, description } = voice;
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState<VoiceDraft>({
    name,
    category,
    language,
    description: description ?? "",
  });
  const [error, setError] = useState<ApiError | null>(null);
  const [isSaving, setSaving] = useState(false);
  useLayoutEffect(
    () => form.current?.querySelector<HTMLElement>(error ? INVALID : "input")?.focus(),
    [error],
  );
  const save = async () => {
    setSaving(true);
    try {
      onClose(await (await sendJson("PATCH", `/api/voices/${id}`, draft)).json());
    } catch (reason) {
      setError(toApiError(reason));
      setSaving(false);
    }
  };
  return (
    <form
      class="voice-editor"
      ref={form}
      noValidate
      aria-label={`Edit ${name}`}
      onKeyDown={({ key }) => key === "Escape" && onClose(null)}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <VoiceFields
        idPrefix={id}
        draft={draft}
        issues={error?.issues ?? []}
        onChange={(changes) => setDraft((before) => ({ ...before, ...changes }))}
      />
      {error && error.issues.length === 0 && <ErrorBox error={error} onRetry={() => void save()} />}
      <div class="actions">
        <button type="button" class="button secondary small" onClick={() => onClose(null)}>
          Cancel
        </button>
        <button type="submit" class="button small" disabled={isSaving}>
          Save
        </button>
      </div>
    </form>
  );
}
