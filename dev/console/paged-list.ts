// Loads a paginated list of the service.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Page } from "../../src/platform/pagination.ts";
import { type ApiError, fetchJson, toApiError } from "./api.ts";

interface ListState<Item> extends Page<Item> {
  status: "loading" | "ready" | "failed";
  error: ApiError | null;
}

/** The list at `path`. Empty values of `filter` are left out of the query. */
export function usePagedList<Item>(path: string, filter: Record<string, string>) {
  const [list, setList] = useState<ListState<Item>>({
    items: [],
    nextCursor: null,
    status: "loading",
    error: null,
  });
  const [reloads, setReloads] = useState(0);
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== "")).toString();

  // Aborted when the filter changes, so that a late response for the previous filter is ignored.
  const current = useRef(new AbortController());

  const load = useCallback(
    async (cursor: string | null) => {
      const { signal } = current.current;
      const parameters = new URLSearchParams(query);
      if (cursor !== null) parameters.set("cursor", cursor);
      setList((before) => ({ ...before, status: "loading", error: null }));
      try {
        let page = await fetchJson<Page<Item>>(`${path}?${parameters}`, { signal });
        // A search that found nothing yet continues: a page reads a bounded part of the list.
        while (page.items.length === 0 && page.nextCursor !== null) {
          parameters.set("cursor", page.nextCursor);
          page = await fetchJson<Page<Item>>(`${path}?${parameters}`, { signal });
        }
        const { items, nextCursor } = page;
        setList((before) => ({
          items: cursor === null ? items : [...before.items, ...items],
          nextCursor,
          status: "ready",
          error: null,
        }));
      } catch (error) {
        if (signal.aborted) return;
        setList((before) => ({ ...before, status: "failed", error: toApiError(error) }));
      }
    },
    [path, query],
  );

  useEffect(() => {
    current.current = new AbortController();
    void load(null);
    return () => current.current.abort();
  }, [load, reloads]);

  return {
    ...list,
    reload: () => setReloads((count) => count + 1),
    loadMore: () => load(list.nextCursor),
    /** Removes an item that was deleted in the service from the view. */
    remove: (isDeleted: (item: Item) => boolean) =>
      setList((before) => ({ ...before, items: before.items.filter((item) => !isDeleted(item)) })),
  };
}
