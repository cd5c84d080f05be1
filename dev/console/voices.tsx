// Lists the system voices and the organisation's own, with search and filters.
import { useEffect, useRef, useState } from "preact/hooks";
import { VOICE_CATEGORIES } from "../../src/platform/voice-categories.ts";
import type { VoiceResource } from "../../src/voices/schema.ts";
import { fetchJson } from "./api.ts";
import { formatCategory } from "./formats.ts";
import { ListFrame } from "./list-frame.tsx";
import { usePagedList } from "./paged-list.ts";
import { Choice, SearchField } from "./search-field.tsx";
import { SUGGESTED_LANGUAGES } from "./suggested-languages.ts";
import type { CreatedVoice } from "./upload.ts";
import { VoiceCard } from "./voice-card.tsx";

const VARIANTS: [value: string, label: string][] = [
  ["", "All"],
  ["SYSTEM", "System"],
  ["CUSTOM", "Your own"],
];
const NO_FILTER = { search: "", category: "", variant: "", language: "" };

export function Voices({ created }: { created: CreatedVoice | null }) {
  const [filter, setFilter] = useState(NO_FILTER);
  const change = (changes: Partial<typeof NO_FILTER>) => setFilter((before) => ({ ...before, ...changes }));
  const list = usePagedList<VoiceResource>("/api/voices", filter);
  const title = useRef<HTMLHeadingElement | null>(null);
  const [newVoice, setNewVoice] = useState<VoiceResource | null>(null);

  useEffect(() => {
    if (!created) return;
    setFilter(NO_FILTER);
    list.reload();
    fetchJson<VoiceResource>(`/api/voices/${created.id}/metadata`).then(setNewVoice, () => setNewVoice(null));
  }, [created]);

  const removeFromView = (id: string) => {
    list.remove((voice) => voice.id === id);
    if (newVoice?.id === id) setNewVoice(null);
    title.current?.focus();
  };
  // The new voice is shown first only while no filter is set, because it may not match a filter.
  const isFiltered = Object.values(filter).some((value) => value !== "");
  const pinned = isFiltered ? null : newVoice;
  const others = list.items.filter(({ id }) => id !== pinned?.id);
  return (
    <>
      <h2 class="view-title" tabIndex={-1} ref={title}>
        Voices
      </h2>
      <search class="filters">
        <SearchField label="Search voices" value={filter.search} onChange={(search) => change({ search })} />
        <Choice
          label="Owner"
          options={VARIANTS}
          value={filter.variant}
          onChange={(variant) => change({ variant })}
        />
        <label class="select">
          <span class="visually-hidden">Category</span>
          <select
            value={filter.category}
            onChange={({ currentTarget }) => change({ category: currentTarget.value })}
          >
            <option value="">All categories</option>
            {VOICE_CATEGORIES.map((category) => (
              <option key={category} value={category}>
                {formatCategory(category)}
              </option>
            ))}
          </select>
        </label>
        <label class="select">
          <span class="visually-hidden">Language</span>
          <select
            value={filter.language}
            onChange={({ currentTarget }) => change({ language: currentTarget.value })}
          >
            <option value="">All languages</option>
            <option value="en">English (any region)</option>
            {SUGGESTED_LANGUAGES.map(({ tag, name }) => (
              <option key={tag} value={tag}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </search>
      <ListFrame
        list={list}
        noun="voices"
        emptyText="No voice matches. Change the search or the filters, or create a voice."
      >
        <ul class="cards">
          {pinned && (
            <VoiceCard key={pinned.id} voice={pinned} isNew onDeleted={() => removeFromView(pinned.id)} />
          )}
          {others.map((voice) => (
            <VoiceCard key={voice.id} voice={voice} onDeleted={() => removeFromView(voice.id)} />
          ))}
        </ul>
      </ListFrame>
    </>
  );
}
