// The system's voices and the organisation's own: search, filter, cards, more.
import { useEffect, useRef, useState } from "preact/hooks";
import { VOICE_CATEGORIES } from "../../src/platform/voice-categories.ts";
import { askJson } from "./api.ts";
import { formatCategory } from "./formats.ts";
import { ListFrame } from "./list-frame.tsx";
import type { Voice } from "./models.ts";
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
  const list = usePagedList<Voice>("/api/voices", filter);
  const title = useRef<HTMLHeadingElement | null>(null);
  const [fresh, setFresh] = useState<Voice | null>(null);

  useEffect(() => {
    if (!created) return;
    setFilter(NO_FILTER);
    list.reload();
    askJson<Voice>(`/api/voices/${created.id}/metadata`).then(setFresh, () => setFresh(null));
  }, [created]);

  const forget = (id: string) => {
    list.drop((voice) => voice.id === id);
    if (fresh?.id === id) setFresh(null);
    title.current?.focus();
  };
  // In a filtered list it has no other place than it would find there.
  const isFiltered = Object.values(filter).some((value) => value !== "");
  const pinned = isFiltered ? null : fresh;
  const others = list.items.filter(({ id }) => id !== pinned?.id);
  return (
    <>
      <h2 class="view-title" tabIndex={-1} ref={title}>
        Voices
      </h2>
      <search class="filters">
        <SearchField label="Search voices" value={filter.search} onChange={(search) => change({ search })} />
        <Choice
          label="Whose"
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
            <option value="">Every category</option>
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
            <option value="">Every language</option>
            <option value="en">English, any</option>
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
        what="voices"
        emptyWords="No voice is like that. Search for something else, or make one of your own."
      >
        <ul class="cards">
          {pinned && <VoiceCard key={pinned.id} voice={pinned} isNew onDeleted={() => forget(pinned.id)} />}
          {others.map((voice) => (
            <VoiceCard key={voice.id} voice={voice} onDeleted={() => forget(voice.id)} />
          ))}
        </ul>
      </ListFrame>
    </>
  );
}
