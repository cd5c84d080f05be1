// A voice with its player. The organisation's own voices can be deleted.
import { useEffect, useRef, useState } from "preact/hooks";
import type { VoiceResource } from "../../src/voices/schema.ts";
import { type ApiError, callApi, toApiError } from "./api.ts";
import { formatAudioFacts, formatCategory } from "./formats.ts";
import { Icon } from "./icons.tsx";
import { Player } from "./player.tsx";

interface Props {
  voice: VoiceResource;
  /** Just created: it is scrolled into view and focused. */
  isNew?: boolean;
  onDeleted: () => void;
}

export function VoiceCard({ voice, isNew = false, onDeleted }: Props) {
  const card = useRef<HTMLLIElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isNew) return;
    card.current?.scrollIntoView({ block: "center" });
    heading.current?.focus({ preventScroll: true });
  }, [isNew]);
  const { name, description, category, language, variant, audioUrl, peaksUrl, durationSeconds } = voice;
  return (
    <li class="card" ref={card} data-new={isNew} data-voice={voice.id}>
      <div class="card-head">
        <h3 ref={heading} tabIndex={-1}>
          {name}
        </h3>
        {isNew && <span class="badge good">New</span>}
        {variant === "CUSTOM" && <span class="badge">Your own</span>}
      </div>
      <p class="tags">
        <span>{formatCategory(category)}</span>
        <span>{language}</span>
      </p>
      {description && <p class="description">{description}</p>}
      {audioUrl ? (
        <Player url={audioUrl} peaksUrl={peaksUrl} label={name} seconds={durationSeconds} />
      ) : (
        <p class="pending">Processing: no audio yet.</p>
      )}
      <div class="card-foot">
        <span class="muted">{formatAudioFacts(voice)}</span>
        {variant === "CUSTOM" && <DeleteVoice voice={voice} onDeleted={onDeleted} />}
      </div>
    </li>
  );
}

function DeleteVoice({ voice: { id, name }, onDeleted }: Pick<Props, "voice" | "onDeleted">) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const remove = async () => {
    try {
      await callApi(`/api/voices/${id}`, { method: "DELETE" });
      dialog.current?.close();
      onDeleted();
    } catch (reason) {
      setError(toApiError(reason));
    }
  };
  return (
    <>
      <button
        type="button"
        class="icon-button small"
        aria-label={`Delete ${name}`}
        onClick={() => {
          setError(null);
          dialog.current?.showModal();
        }}
      >
        <Icon name="trash" />
      </button>
      <dialog ref={dialog} aria-labelledby={`delete-${id}`}>
        <h4 id={`delete-${id}`}>Delete “{name}”?</h4>
        <p>This permanently deletes its recording. Generations made with it are kept.</p>
        {error && (
          <p class="field-issue" role="alert">
            The voice was not deleted: {error.message}
          </p>
        )}
        <div class="actions">
          <button type="button" class="button secondary" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="button" class="button danger" onClick={() => void remove()}>
            Delete
          </button>
        </div>
      </dialog>
    </>
  );
}
