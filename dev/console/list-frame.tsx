// The frame of a list: its loading, empty and error states, and the button for more.
import type { ComponentChildren } from "preact";
import { LoadError } from "./error-box.tsx";
import { loadErrorView } from "./error-view.ts";
import type { usePagedList } from "./paged-list.ts";

interface Props {
  list: ReturnType<typeof usePagedList>;
  /** The plural noun for the items. */
  noun: string;
  emptyText: string;
  children: ComponentChildren;
}

const SKELETONS = 6;

export function ListFrame({ list, noun, emptyText, children }: Props) {
  const { status, items, error, nextCursor, reload, loadMore } = list;
  if (error) return <LoadError view={loadErrorView(error)} error={error} onRetry={reload} />;
  if (status === "loading" && items.length === 0) {
    return (
      <div role="status" class="cards">
        <span class="visually-hidden">Loading {noun}</span>
        {Array.from({ length: SKELETONS }, (_, index) => (
          <div key={index} class="card skeleton" />
        ))}
      </div>
    );
  }
  return (
    <div aria-busy={status === "loading"}>
      <p class="count muted" role="status">
        {items.length === 0 ? `No ${noun}` : `${nextCursor ? "First " : ""}${items.length} ${noun}`}
      </p>
      {items.length === 0 && <p class="empty">{emptyText}</p>}
      {children}
      {nextCursor !== null && (
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
