// What surrounds a list: that it loads, is empty, failed, or has more.
import type { ComponentChildren } from "preact";
import type { usePagedList } from "./paged-list.ts";
import { viewTrouble } from "./trouble.ts";
import { ViewTrouble } from "./trouble-box.tsx";

interface Props {
  list: ReturnType<typeof usePagedList>;
  /** The items' name in the plural. */
  what: string;
  emptyWords: string;
  children: ComponentChildren;
}

const SKELETONS = 6;

export function ListFrame({ list, what, emptyWords, children }: Props) {
  const { state, items, refusal, nextCursor, reload, loadMore } = list;
  if (refusal) return <ViewTrouble trouble={viewTrouble(refusal)} refusal={refusal} onRetry={reload} />;
  if (state === "loading" && items.length === 0) {
    return (
      <div role="status" class="cards">
        <span class="visually-hidden">Loading {what}</span>
        {Array.from({ length: SKELETONS }, (_, index) => (
          <div key={index} class="card skeleton" />
        ))}
      </div>
    );
  }
  return (
    <div aria-busy={state === "loading"}>
      <p class="count quiet" role="status">
        {items.length === 0 ? `No ${what}` : `${items.length} ${nextCursor ? "shown, there are more" : what}`}
      </p>
      {items.length === 0 && <p class="empty">{emptyWords}</p>}
      {children}
      {nextCursor !== null && (
        <button
          type="button"
          class="button quiet-button more"
          onClick={() => state !== "loading" && void loadMore()}
        >
          Load more
        </button>
      )}
    </div>
  );
}
