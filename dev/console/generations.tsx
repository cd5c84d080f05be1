// Lists the organisation's generations, the newest first.
import type { GenerationResource } from "../../src/generations/schema.ts";
import { Avatar } from "./avatar.tsx";
import { Card } from "./card.tsx";
import { ShowAll } from "./clamped-text.tsx";
import { formatDay } from "./formats.ts";
import { IconButton } from "./icons.tsx";
import { ListFrame } from "./list-frame.tsx";
import { usePagedList } from "./paged-list.ts";
import { QueueContext } from "./player.tsx";
import { nameOf, tracksOf } from "./row.ts";
import { Choice, SearchField } from "./search-field.tsx";
import { useFilter } from "./view.ts";

const FIELDS = {
  search: null,
  state: { "": "All", ready: "Ready", processing: "Processing", failed: "Failed" },
};
const BADGES = { ready: "good", processing: "warn", failed: "bad" };

export function Generations() {
  const [filter, bind] = useFilter("generations", FIELDS);
  const list = usePagedList<GenerationResource>("/api/generations", filter);
  const isFiltered = filter.search !== "" || filter.state !== "";
  return (
    <QueueContext.Provider value={tracksOf(list.items)}>
      <h2 class="view-title" tabIndex={-1}>
        Generations
      </h2>
      <search class="filters">
        <SearchField label="Search generations" {...bind("search")} />
        <IconButton icon="reload" label="Reload" onClick={list.reload} />
        <Choice label="State" {...bind("state")} />
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
        {list.items.map((generation) => {
          const { id, text, voiceId, voiceName, state, createdAt } = generation;
          return (
            <Card key={id} row={generation} onDeleted={list.update}>
              <blockquote tabIndex={-1} dir="auto" data-clamp>
                {text}
              </blockquote>
              <ShowAll name={nameOf(generation)} />
              <p class="tags">
                <span class={`badge ${BADGES[state]}`}>{state}</span>
                <Avatar id={voiceId ?? voiceName} name={voiceName} />
                <span dir="auto" class="one-line" title={voiceName}>
                  {voiceName}
                </span>
                <time dateTime={createdAt}>{formatDay(createdAt)}</time>
              </p>
            </Card>
          );
        })}
      </ListFrame>
    </QueueContext.Provider>
  );
}
