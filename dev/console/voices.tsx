// Lists the organisation's own voices, the newest first, and the system voices by name, with search and filters.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { VOICE_CATEGORIES, type VOICE_VARIANTS } from "../../src/platform/voice-categories.ts";
import type { VoiceResource } from "../../src/voices/schema.ts";
import { formatCategory } from "./formats.ts";
import { ListFrame } from "./list-frame.tsx";
import { usePagedList } from "./paged-list.ts";
import { QueueContext } from "./player.tsx";
import { tracksOf } from "./row.ts";
import { Choice, SearchField, Select } from "./search-field.tsx";
import { SUGGESTED_LANGUAGES } from "./suggested-languages.ts";
import type { CreatedVoice } from "./upload.ts";
import { useFilter } from "./view.ts";
import { VoiceCard } from "./voice-card.tsx";

const CATEGORIES = VOICE_CATEGORIES.map((category) => [category, formatCategory(category)]);
const LANGUAGES = SUGGESTED_LANGUAGES.map(({ tag, name }) => [tag, name]);
const FIELDS = {
  search: null,
  category: { "": "All categories", ...Object.fromEntries(CATEGORIES) },
  variant: { "": "All", SYSTEM: "System", CUSTOM: "Your own" },
  language: { "": "All languages", en: "English (any region)", ...Object.fromEntries(LANGUAGES) },
};
const PATH = "/api/voices";

type Owner = (typeof VOICE_VARIANTS)[number];

export function Voices({ created }: { created: CreatedVoice | null }) {
  const [filter, bind] = useFilter("voices", FIELDS);
  const { search, category, language, variant } = filter;
  const filterOf = (owner: Owner, sort: string) =>
    // A search has an order of its own.
    variant === "" || variant === owner ? { ...filter, variant: owner, sort: search ? "" : sort } : null;
  const own = usePagedList<VoiceResource>(PATH, filterOf("CUSTOM", "-createdAt"));
  const system = usePagedList<VoiceResource>(PATH, filterOf("SYSTEM", "name"));
  const reload = () => {
    own.reload();
    system.reload();
  };

  const isListed = own.items.some(({ id }) => id === created?.id);
  useEffect(() => {
    if (created) own.reload();
  }, [created]);
  useLayoutEffect(() => {
    if (created) showNew(created.id, isListed);
  }, [created, isListed]);
  // From then on it can have been deleted.
  const listed = useRef("");
  if (created && isListed) listed.current = created.id;

  const isFiltered = search !== "" || category !== "" || language !== "";
  const newCard = created && listed.current !== created.id && !isFiltered && <NewCard voice={created} />;
  const lists = [
    { owner: "CUSTOM", title: "Your own", list: own, empty: <NoVoices /> },
    { owner: "SYSTEM", title: "System", list: system, empty: "No system voices are stored." },
  ].filter(({ owner }) => variant === "" || variant === owner);
  // With a filter, a list without a match is left out, unless there is no other.
  const matching = lists.filter(
    ({ list }) => !isFiltered || list.isLoading || list.error || list.items.length > 0,
  );
  const areAllDown = lists.every(({ list }) => list.error && list.items.length === 0);
  const shown = matching.length === 0 || areAllDown ? lists.slice(0, 1) : matching;
  return (
    <QueueContext.Provider value={tracksOf(matching.flatMap(({ list }) => list.items))}>
      <h2 class="view-title" tabIndex={-1}>
        Voices
      </h2>
      <search class="filters">
        <SearchField label="Search voices" {...bind("search")} />
        <Choice label="Owner" {...bind("variant")} />
        <Select label="Category" {...bind("category")} />
        <Select label="Language" {...bind("language")} />
      </search>
      {shown.map(({ owner, title, list, empty }) => (
        <section key={owner} class="list" aria-label={title}>
          {shown === matching && <h3>{title}</h3>}
          <ListFrame
            list={{ ...list, reload }}
            noun="voice"
            newCard={owner === "CUSTOM" && newCard}
            empty={isFiltered ? "No voice matches. Change the search or the filters." : empty}
          >
            {list.items.map((voice) => (
              <VoiceCard
                key={voice.id}
                voice={voice}
                isNew={voice.id === created?.id}
                onChange={list.update}
              />
            ))}
          </ListFrame>
        </section>
      ))}
    </QueueContext.Provider>
  );
}

const NoVoices = () => (
  <>
    <p>You have no voices of your own yet.</p>
    <a class="button" href="#create">
      Create the first one
    </a>
  </>
);

/** What is known of a voice that the list does not have yet: it is being loaded, or could not be. */
const NewCard = ({ voice: { id, name } }: { voice: CreatedVoice }) => (
  <li class="card" data-new="true" data-voice={id}>
    <div class="card-head">
      <h4 tabIndex={-1} dir="auto">
        {name}
      </h4>
      <span class="badge good">New</span>
    </div>
    <p class="pending warn">Created. Its details are not loaded yet.</p>
  </li>
);

/** Shows and focuses the card of a new voice, and the one that replaces it unless the focus has moved on. */
function showNew(id: string, isListed: boolean): void {
  if (isListed && document.activeElement !== document.body) return;
  const heading = document.querySelector<HTMLElement>(`[data-voice="${CSS.escape(id)}"] h4`);
  heading?.scrollIntoView({ block: "center" });
  heading?.focus({ preventScroll: true });
}
