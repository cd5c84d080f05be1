// A voice: who it is, what it sounds like; one's own can be deleted.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, type Refusal, toRefusal } from "./api.ts";
import { formatBytes, formatCategory, formatKind } from "./formats.ts";
import { Icon } from "./icons.tsx";
import type { Voice } from "./models.ts";
import { Player } from "./player.tsx";

interface Props {
  voice: Voice;
  /** Made a moment ago: it is brought into sight. */
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
  const { name, description, category, language, variant, audioUrl, durationSeconds } = voice;
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
        <Player url={audioUrl} label={name} seconds={durationSeconds} />
      ) : (
        <p class="pending">Being processed: there is no audio yet.</p>
      )}
      <div class="card-foot">
        <span class="quiet">{factsOf(voice)}</span>
        {variant === "CUSTOM" && <DeleteVoice voice={voice} onDeleted={onDeleted} />}
      </div>
    </li>
  );
}

const factsOf = ({ contentType, sizeBytes }: Voice): string =>
  [contentType && formatKind(contentType), sizeBytes !== null && formatBytes(sizeBytes)]
    .filter(Boolean)
    .join(" · ");

function DeleteVoice({ voice: { id, name }, onDeleted }: Pick<Props, "voice" | "onDeleted">) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const remove = async () => {
    try {
      await ask(`/api/voices/${id}`, { method: "DELETE" });
      dialog.current?.close();
      onDeleted();
    } catch (error) {
      setRefusal(toRefusal(error));
    }
  };
  return (
    <>
      <button
        type="button"
        class="icon-button small"
        aria-label={`Delete ${name}`}
        onClick={() => {
          setRefusal(null);
          dialog.current?.showModal();
        }}
      >
        <Icon name="bin" />
      </button>
      <dialog ref={dialog} aria-labelledby={`delete-${id}`}>
        <h4 id={`delete-${id}`}>Delete “{name}”?</h4>
        <p>Its recording is removed for good. What was generated with it stays.</p>
        {refusal && (
          <p class="field-issue" role="alert">
            It was not deleted: {refusal.message}
          </p>
        )}
        <div class="actions">
          <button type="button" class="button quiet-button" onClick={() => dialog.current?.close()}>
            Keep it
          </button>
          <button type="button" class="button danger" onClick={() => void remove()}>
            Delete
          </button>
        </div>
      </dialog>
    </>
  );
}
