// Lists the organisation's own voices, the newest first, and the system voices by name, with search and filters.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { VOICE_CATEGORIES, VOICE_VARIANTS } from "../../src/platform/voice-categories.ts";
import type { VoiceResource } from "../../src/voices/schema.ts";
import { QueueContext, useReloadAfterDeletion } from "./audio-element.ts";
import { formatCategory } from "./formats.ts";
import { ListFrame } from "./list-frame.tsx";
import { usePagedList } from "./paged-list.ts";
import { tracksOf } from "./player.tsx";
import { Choice, SearchField, Select } from "./search-field.tsx";
import { SUGGESTED_LANGUAGES } from "./suggested-languages.ts";
import type { CreatedVoice } from "./upload.ts";
import { useFilter, useView } from "./view.ts";
import { VoiceCard } from "./voice-card.tsx";

const VARIANTS: [value: string, label: string][] = [
  ["", "All"],
  ["SYSTEM", "System"],
  ["CUSTOM", "Your own"],
];
const FIELDS = {
  search: null,
  category: VOICE_CATEGORIES,
  variant: VOICE_VARIANTS,
  language: ["en", ...SUGGESTED_LANGUAGES.map(({ tag }) => tag)],
};
const PATH = "/api/voices";

type Owner = (typeof VOICE_VARIANTS)[number];

export function Voices({ created }: { created: CreatedVoice | null }) {
  const [filter, change] = useFilter("voices", FIELDS);
  const { search, category, language, variant } = filter;
  const filterOf = (owner: Owner, sort: string) =>
    // A search has an order of its own.
    variant === "" || variant === owner
      ? { search, category, language, variant: owner, sort: search ? "" : sort }
      : null;
  const own = usePagedList<VoiceResource>(PATH, filterOf("CUSTOM", "-createdAt"));
  const system = usePagedList<VoiceResource>(PATH, filterOf("SYSTEM", "name"));
  const reload = () => {
    own.reload();
    system.reload();
  };
  useReloadAfterDeletion(reload);

  const isListed = own.items.some(({ id }) => id === created?.id);
  useEffect(() => {
    if (created) own.reload();
  }, [created]);
  useFocusOnNew(created, isListed);
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
    ({ list }) => !isFiltered || list.status !== "ready" || list.items.length > 0,
  );
  const areAllDown = lists.every(({ list }) => list.error !== null && list.items.length === 0);
  const shown = matching.length === 0 || areAllDown ? lists.slice(0, 1) : matching;
  const queue = tracksOf(
    matching.flatMap(({ list }) => list.items),
    ({ name }) => name,
  );
  return (
    <QueueContext.Provider value={queue}>
      <h2 class="view-title" tabIndex={-1}>
        Voices
      </h2>
      <search class="filters">
        <SearchField label="Search voices" value={search} onChange={(typed) => change({ search: typed })} />
        <Choice
          label="Owner"
          options={VARIANTS}
          value={variant}
          onChange={(chosen) => change({ variant: chosen })}
        />
        <Select label="Category" value={category} onChange={(chosen) => change({ category: chosen })}>
          <option value="">All categories</option>
          {VOICE_CATEGORIES.map((each) => (
            <option key={each} value={each}>
              {formatCategory(each)}
            </option>
          ))}
        </Select>
        <Select label="Language" value={language} onChange={(chosen) => change({ language: chosen })}>
          <option value="">All languages</option>
          <option value="en">English (any region)</option>
          {SUGGESTED_LANGUAGES.map(({ tag, name }) => (
            <option key={tag} value={tag}>
              {name}
            </option>
          ))}
        </Select>
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
                onChanged={own.replace}
                onDeleted={() => own.remove(voice.id)}
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

/** Shows the card of a new voice and focuses it, as soon as its view is shown and again when the list has replaced it. */
function useFocusOnNew(created: CreatedVoice | null, isListed: boolean): void {
  const view = useView();
  const focused = useRef("");
  useLayoutEffect(() => {
    if (!created || (focused.current === created.id && document.activeElement !== document.body)) return;
    const heading = document.querySelector<HTMLElement>(`[data-voice="${CSS.escape(created.id)}"] h4`);
    heading?.scrollIntoView({ block: "center" });
    heading?.focus({ preventScroll: true });
    if (document.activeElement === heading) focused.current = created.id;
  }, [created, isListed, view]);
}
