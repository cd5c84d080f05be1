// What the organisation had spoken, the newest first, in every state.
import { useState } from "preact/hooks";
import { formatBytes, formatDay } from "./formats.ts";
import { Icon } from "./icons.tsx";
import { ListFrame } from "./list-frame.tsx";
import type { Generation } from "./models.ts";
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
  const list = usePagedList<Generation>("/api/generations", filter);
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
        <button type="button" class="icon-button" aria-label="Look again" onClick={list.reload}>
          <Icon name="again" />
        </button>
      </search>
      <ListFrame
        list={list}
        what="generations"
        emptyWords="Nothing like that was generated for this organisation."
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

function GenerationCard({ generation }: { generation: Generation }) {
  const { text, voiceName, state, failureReason, audioUrl, durationSeconds, sizeBytes, createdAt } =
    generation;
  return (
    <li class="card" data-generation={generation.id}>
      <blockquote>{text}</blockquote>
      <p class="tags">
        <span class={`badge ${BADGES[state]}`}>{state}</span>
        <span>{voiceName}</span>
        <time dateTime={createdAt}>{formatDay(createdAt)}</time>
        {sizeBytes !== null && <span>{formatBytes(sizeBytes)}</span>}
      </p>
      {audioUrl && <Player url={audioUrl} label={`“${text}”`} seconds={durationSeconds} />}
      {state === "processing" && <p class="pending">Being processed: there is no audio yet.</p>}
      {state === "failed" && <p class="pending bad">{failureReason ?? "It could not be generated."}</p>}
    </li>
  );
}
