// Lists the organisation's generations, the newest first.
import { useState } from "preact/hooks";
import type { GenerationResource } from "../../src/generations/schema.ts";
import { formatAudioFacts, formatDay } from "./formats.ts";
import { Icon } from "./icons.tsx";
import { ListFrame } from "./list-frame.tsx";
import { usePagedList } from "./paged-list.ts";
import { Player } from "./player.tsx";
import { Choice, SearchField } from "./search-field.tsx";

const STATES: [value: string, label: string][] = [
  ["", "All"],
  ["ready", "Ready"],
  ["processing", "Processing"],
  ["failed", "Failed"],
];

export function Generations() {
  const [filter, setFilter] = useState({ search: "", state: "" });
  const list = usePagedList<GenerationResource>("/api/generations", filter);
  return (
    <>
      <h2 class="view-title" tabIndex={-1}>
        Generations
      </h2>
      <search class="filters">
        <SearchField
          label="Search generations"
          value={filter.search}
          onChange={(search) => setFilter((before) => ({ ...before, search }))}
        />
        <Choice
          label="State"
          options={STATES}
          value={filter.state}
          onChange={(state) => setFilter((before) => ({ ...before, state }))}
        />
        <button type="button" class="icon-button" aria-label="Reload" onClick={list.reload}>
          <Icon name="reload" />
        </button>
      </search>
      <ListFrame
        list={list}
        noun="generations"
        emptyText="No generation matches. Change the search or the state."
      >
        <ul class="cards wide">
          {list.items.map((generation) => (
            <GenerationCard key={generation.id} generation={generation} />
          ))}
        </ul>
      </ListFrame>
    </>
  );
}

const BADGES = { ready: "good", processing: "warn", failed: "bad" } as const;

function GenerationCard({ generation }: { generation: GenerationResource }) {
  const { text, voiceName, state, failureReason, audioUrl, peaksUrl, durationSeconds, createdAt } =
    generation;
  const facts = formatAudioFacts(generation);
  return (
    <li class="card" data-generation={generation.id}>
      <blockquote>{text}</blockquote>
      <p class="tags">
        <span class={`badge ${BADGES[state]}`}>{state}</span>
        <span>{voiceName}</span>
        <time dateTime={createdAt}>{formatDay(createdAt)}</time>
      </p>
      {audioUrl && (
        <Player url={audioUrl} peaksUrl={peaksUrl} label={`“${text}”`} seconds={durationSeconds} />
      )}
      {state === "processing" && <p class="pending">Processing: no audio yet.</p>}
      {state === "failed" && <p class="pending bad">{failureReason ?? "The generation failed."}</p>}
      {facts && <p class="card-foot muted">{facts}</p>}
    </li>
  );
}
