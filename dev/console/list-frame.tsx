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
  const { status, items, error, failedCursor, nextCursor, reload, loadMore } = list;
  const layout = isWide ? "cards wide" : "cards";
  const hasRows = items.length > 0 || Boolean(newCard);
  if (status === "loading" && !hasRows) return <Skeletons noun={noun} layout={layout} />;
  const showError = (title: string | undefined, onRetry: () => void) =>
    error && <ErrorBox error={error} title={title} onRetry={onRetry} />;
  if (!hasRows && error) return showError(undefined, reload);
  return (
    <div aria-busy={status === "loading"}>
      {failedCursor === null && showError("This list is out of date", reload)}
      <p class="count muted" role="status">
        {hasRows
          ? `${nextCursor ? "First " : ""}${formatCount(items.length + (newCard ? 1 : 0), noun)}`
          : `No ${noun}s`}
      </p>
      {!hasRows && <div class="empty">{empty}</div>}
      <ul class={layout}>
        {newCard}
        {children}
      </ul>
      {failedCursor !== null && showError("The rest could not be loaded", () => void loadMore())}
      {nextCursor !== null && error === null && (
        <button
          type="button"
          class="button secondary more"
          onClick={() => status !== "loading" && void loadMore()}
        >
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
