// A voice with its player. The organisation's own voices can be changed and deleted in place.
import { useEffect, useRef, useState } from "preact/hooks";
import type { VoiceResource } from "../../src/voices/schema.ts";
import { Avatar } from "./avatar.tsx";
import { CardActions, CardButton, DeleteButton, focusNeighbour } from "./card-actions.tsx";
import { ShowAll } from "./clamped-text.tsx";
import { formatAudioFacts, formatCategory, formatLevels } from "./formats.ts";
import { Player, tracksOf } from "./player.tsx";
import { languageName } from "./suggested-languages.ts";
import { VoiceEditor } from "./voice-editor.tsx";

interface Props {
  voice: VoiceResource;
  isNew?: boolean;
  onChanged: (voice: VoiceResource) => void;
  onDeleted: () => void;
}

export function VoiceCard({ voice, isNew = false, onChanged, onDeleted }: Props) {
  const card = useRef<HTMLLIElement>(null);
  const [editing, setEditing] = useState<"never" | "now" | "ended">("never");
  const { id, name, description, category, language, variant, linkUrl } = voice;
  const [track] = tracksOf([voice], () => name);

  useEffect(() => {
    const icon = card.current?.querySelector('[data-icon="edit"]');
    if (editing === "ended") icon?.closest("button")?.focus();
  }, [editing]);

  if (editing === "now") {
    return (
      <li class="card editing" ref={card} data-voice={id}>
        <VoiceEditor
          voice={voice}
          onClose={(changed) => {
            if (changed) onChanged(changed);
            setEditing("ended");
          }}
        />
      </li>
    );
  }
  return (
    <li class="card" ref={card} data-new={isNew} data-voice={id}>
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
        <ShowAll card={card} name={name} />
      </div>
      {track ? <Player {...track} /> : <p class="pending warn">Processing: no audio yet.</p>}
      <div class="card-foot">
        <p class="muted">
          {formatAudioFacts(voice)}
          <span>{formatLevels(voice)}</span>
        </p>
        <CardActions name={name} linkUrl={linkUrl}>
          {variant === "CUSTOM" && (
            <>
              <CardButton icon="edit" label={`Edit ${name}`} onClick={() => setEditing("now")} />
              <DeleteButton
                name={name}
                consequence="This permanently deletes its recording. Generations made with it are kept."
                path={`/api/voices/${id}`}
                track={track}
                onDeleted={() => {
                  focusNeighbour(card.current);
                  onDeleted();
                }}
              />
            </>
          )}
        </CardActions>
      </div>
    </li>
  );
}
