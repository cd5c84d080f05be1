// Lists the organisation's generations, the newest first.
import { useRef } from "preact/hooks";
import { GENERATION_STATES, type GenerationResource } from "../../src/generations/schema.ts";
import { QueueContext, useReloadAfterDeletion } from "./audio-element.ts";
import { Avatar } from "./avatar.tsx";
import { CardActions, DeleteButton, focusNeighbour } from "./card-actions.tsx";
import { ShowAll } from "./clamped-text.tsx";
import { formatAudioFacts, formatDay, formatLevels } from "./formats.ts";
import { Icon } from "./icons.tsx";
import { ListFrame } from "./list-frame.tsx";
import { usePagedList } from "./paged-list.ts";
import { Player, tracksOf } from "./player.tsx";
import { Choice, SearchField } from "./search-field.tsx";
import { useFilter } from "./view.ts";

const STATES: [value: string, label: string][] = [
  ["", "All"],
  ["ready", "Ready"],
  ["processing", "Processing"],
  ["failed", "Failed"],
];
const FIELDS = { search: null, state: GENERATION_STATES };

export function Generations() {
  const [filter, change] = useFilter("generations", FIELDS);
  const list = usePagedList<GenerationResource>("/api/generations", filter);
  useReloadAfterDeletion(list.reload);
  const isFiltered = filter.search !== "" || filter.state !== "";
  return (
    <QueueContext.Provider value={tracksOf(list.items, labelOf)}>
      <h2 class="view-title" tabIndex={-1}>
        Generations
      </h2>
      <search class="filters">
        <SearchField
          label="Search generations"
          value={filter.search}
          onChange={(search) => change({ search })}
        />
        <button type="button" class="icon-button" aria-label="Reload" onClick={list.reload}>
          <Icon name="reload" />
        </button>
        <Choice label="State" options={STATES} value={filter.state} onChange={(state) => change({ state })} />
      </search>
      <ListFrame
        list={list}
        noun="generation"
        isWide
        empty={
          isFiltered
            ? "No generation matches. Change the search or the state."
            : "No generations yet. A backend stores them."
        }
      >
        {list.items.map((generation) => (
          <GenerationCard
            key={generation.id}
            generation={generation}
            onDeleted={() => list.remove(generation.id)}
          />
        ))}
      </ListFrame>
    </QueueContext.Provider>
  );
}

const BADGES = { ready: "good", processing: "warn", failed: "bad" } as const;

const MAX_LABEL_CHARACTERS = 80;

/** The beginning of a text, as the name of its audio. */
const beginningOf = (text: string) =>
  text.length > MAX_LABEL_CHARACTERS ? `${text.slice(0, MAX_LABEL_CHARACTERS).toWellFormed()}…` : text;

const labelOf = ({ text }: GenerationResource) => `“${beginningOf(text)}”`;

function GenerationCard({
  generation,
  onDeleted,
}: {
  generation: GenerationResource;
  onDeleted: () => void;
}) {
  const card = useRef<HTMLLIElement>(null);
  const { id, text, voiceId, voiceName, state, failureReason, linkUrl, createdAt } = generation;
  const name = beginningOf(text);
  const [track] = tracksOf([generation], labelOf);
  return (
    <li class="card" ref={card} data-generation={id}>
      <blockquote tabIndex={-1} dir="auto" data-clamp>
        {text}
      </blockquote>
      <ShowAll card={card} name={name} />
      <p class="tags">
        <span class={`badge ${BADGES[state]}`}>{state}</span>
        <Avatar id={voiceId ?? voiceName} name={voiceName} />
        <span dir="auto" class="one-line" title={voiceName}>
          {voiceName}
        </span>
        <time dateTime={createdAt}>{formatDay(createdAt)}</time>
      </p>
      {track && <Player {...track} />}
      {state === "processing" && <p class="pending warn">Processing: no audio yet.</p>}
      {state === "failed" && <p class="pending bad">{failureReason ?? "The generation failed."}</p>}
      <div class="card-foot">
        <p class="muted">
          {formatAudioFacts(generation)}
          <span>{formatLevels(generation)}</span>
        </p>
        <CardActions name={name} linkUrl={linkUrl}>
          <DeleteButton
            name={name}
            consequence="This permanently deletes its text and its audio."
            path={`/api/generations/${encodeURIComponent(id)}`}
            track={track}
            onDeleted={() => {
              focusNeighbour(card.current);
              onDeleted();
            }}
          />
        </CardActions>
      </div>
    </li>
  );
}
