// A voice with its player. The organisation's own voices can be changed and deleted in place.
import { useState } from "preact/hooks";
import type { VoiceResource } from "../../src/voices/schema.ts";
import { Avatar } from "./avatar.tsx";
import { Card } from "./card.tsx";
import { ShowAll } from "./clamped-text.tsx";
import { formatCategory } from "./formats.ts";
import { IconButton } from "./icons.tsx";
import { languageName } from "./suggested-languages.ts";
import { VoiceEditor } from "./voice-editor.tsx";

interface Props {
  voice: VoiceResource;
  isNew: boolean;
  /** Without the changed voice when it was deleted. */
  onChange: (id: string, changed?: VoiceResource) => void;
}

/** The ref of a button that is focused when it is shown. */
const focus = (button: HTMLElement | null) => button?.focus();

export function VoiceCard({ voice, isNew, onChange }: Props) {
  const [editing, setEditing] = useState<"never" | "now" | "ended">("never");
  const { id, name, description, category, language, variant } = voice;
  if (editing === "now") {
    return (
      <li class="card editing" data-voice={id}>
        <VoiceEditor
          voice={voice}
          onClose={(changed) => {
            if (changed) onChange(id, changed);
            setEditing("ended");
          }}
        />
      </li>
    );
  }
  const edit = (
    <IconButton
      icon="edit"
      label={`Edit ${name}`}
      ref={editing === "ended" ? focus : null}
      onClick={() => setEditing("now")}
    />
  );
  return (
    <Card row={voice} isNew={isNew} onDeleted={onChange} button={variant === "CUSTOM" && edit}>
      <div class="card-head">
        <Avatar id={id} name={name} />
        <h4 tabIndex={-1} dir="auto" data-clamp>
          {name}
        </h4>
        {isNew && <span class="badge good">New</span>}
      </div>
      <p class="tags">
        <span>{formatCategory(category)}</span>
        <span title={language}>{languageName(language)}</span>
      </p>
      <div class="description">
        {description && (
          <p dir="auto" data-clamp>
            {description}
          </p>
        )}
        <ShowAll name={name} />
      </div>
    </Card>
  );
}
