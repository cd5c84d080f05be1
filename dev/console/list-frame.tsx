// The frame of a list: its loading, empty, outdated and error states, and the button for more.
import type { ComponentChildren } from "preact";
import { ErrorBox } from "./error-box.tsx";
import { formatCount } from "./formats.ts";
import type { PagedList } from "./paged-list.ts";

interface Props {
  list: PagedList;
  noun: string;
  /** Whether the cards are as wide as the list. */
  isWide?: boolean;
  /** A card that is shown before the list has it. */
  newCard?: ComponentChildren;
  empty: ComponentChildren;
  children: ComponentChildren;
}

const SKELETONS = 6;

export function ListFrame({ list, noun, isWide = false, newCard, empty, children }: Props) {
  const { items, isLoading, error, isPartial, nextCursor, reload, loadMore } = list;
  const layout = isWide ? "cards wide" : "cards";
  const count = items.length + (newCard ? 1 : 0);
  if (count === 0 && isLoading) return <Skeletons noun={noun} layout={layout} />;
  if (count === 0 && error) return <ErrorBox error={error} onRetry={reload} />;
  return (
    <div aria-busy={isLoading}>
      {error && !isPartial && <ErrorBox title="This list is out of date" error={error} onRetry={reload} />}
      <p class="count muted" role="status">
        {count === 0 ? `No ${noun}s` : `${nextCursor ? "First " : ""}${formatCount(count, noun)}`}
      </p>
      {count === 0 && <div class="empty">{empty}</div>}
      <ul class={layout}>
        {newCard}
        {children}
      </ul>
      {error && isPartial && (
        <ErrorBox title="The rest could not be loaded" error={error} onRetry={loadMore} />
      )}
      {nextCursor !== null && error === null && (
        <button type="button" class="button secondary more" onClick={() => isLoading || loadMore()}>
          Load more
        </button>
      )}
    </div>
  );
}

/** Built as the cards are, so that nothing moves when they arrive. */
const Skeletons = ({ noun, layout }: { noun: string; layout: string }) => (
  <div role="status" class={layout}>
    <span class="visually-hidden">Loading {noun}s</span>
    {Array.from({ length: SKELETONS }, (_, index) => (
      <div key={index} class="card skeleton" aria-hidden="true">
        <div class="card-head">
          <span class="avatar" />
          <h4>&nbsp;</h4>
        </div>
        <p class="tags">&nbsp;</p>
        <p class="description">&nbsp;</p>
        <div class="player">
          <span class="play-button" />
        </div>
        <div class="card-foot" />
      </div>
    ))}
  </div>
);
