// Loads a paginated list of the service, and refreshes it while the service is still working on a row.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Page } from "../../src/platform/pagination.ts";
import { type ApiError, fetchJson, toApiError } from "./api.ts";

/** The pauses before an unfinished row is asked for again. Then its list must be reloaded. */
const PAUSES_SECONDS = [2, 4, 8, 16, 32, 60, 60, 60];

/** What the rows of all lists have. */
interface Row {
  id: string;
  state: string;
  peaksUrl: string | null;
  peakLevel: number | null;
}

interface ListState<Item> extends Page<Item> {
  /** The query that the items match; null before the first response. */
  query: string | null;
  status: "loading" | "ready" | "failed";
  error: ApiError | null;
  /** The page whose request failed; null for the first one. */
  failedCursor: string | null;
}

/** `refresh` loads the first page, and keeps the further ones. */
type Mode = "start" | "more" | "refresh";

/** The list at `path`. Empty values of `filter` are left out of the query. Without a filter nothing is loaded. */
export function usePagedList<Item extends Row>(path: string, filter: Record<string, string> | null) {
  const [list, setList] = useState<ListState<Item>>({
    items: [],
    nextCursor: null,
    query: null,
    status: "loading",
    error: null,
    failedCursor: null,
  });
  const [reloads, setReloads] = useState(0);
  const query = filter && String(new URLSearchParams(Object.entries(filter).filter(([, value]) => value)));

  // Aborted when the filter changes, so that a late response for the previous filter is ignored.
  const current = useRef(new AbortController());

  const load = useCallback(
    async (mode: Mode, cursor: string | null = null) => {
      const { signal } = current.current;
      if (mode !== "refresh") setList((before) => ({ ...before, status: "loading", error: null }));
      try {
        const page = await fetchPage<Item>(`${path}?${query}`, cursor, signal);
        setList((before) => ({
          ...(mode === "start" ? page : mode === "more" ? appended(before, page) : refreshed(before, page)),
          query,
          status: "ready",
          error: null,
          failedCursor: null,
        }));
      } catch (reason) {
        if (signal.aborted) return;
        const failure = { query, status: "failed" as const, error: toApiError(reason), failedCursor: cursor };
        // Rows that match another filter are not an older version of this list.
        setList((before) => ({ ...before, ...(before.query !== query && NO_ROWS), ...failure }));
      }
    },
    [path, query],
  );

  useEffect(() => {
    current.current = new AbortController();
    if (query !== null) void load("start");
    return () => current.current.abort();
  }, [load, reloads, query]);

  const unfinished = list.items.filter(isUnfinished).map(({ id }) => id);
  useEffect(() => {
    if (query === null || unfinished.length === 0) return;
    const { signal } = current.current;
    let isCurrent = true;
    const refreshRepeatedly = async () => {
      for (const seconds of PAUSES_SECONDS) {
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
        // A hidden page asks for nothing.
        while (document.hidden) {
          await new Promise((resolve) =>
            document.addEventListener("visibilitychange", resolve, { once: true }),
          );
        }
        if (!isCurrent || signal.aborted) return;
        await load("refresh");
      }
    };
    void refreshRepeatedly();
    return () => {
      isCurrent = false;
    };
  }, [load, reloads, unfinished.join()]);

  const isLoaded = list.query === query;
  return {
    ...list,
    status: isLoaded ? list.status : "loading",
    error: isLoaded ? list.error : null,
    reload: () => setReloads((count) => count + 1),
    loadMore: () => load("more", list.nextCursor),
    /** Shows a row as it is now. */
    replace: (changed: Item) =>
      setList((before) => ({
        ...before,
        items: before.items.map((item) => (item.id === changed.id ? changed : item)),
      })),
    /** Removes a row that was deleted in the service from the view. */
    remove: (id: string) =>
      setList((before) => ({ ...before, items: before.items.filter((item) => item.id !== id) })),
  };
}

export type PagedList = Omit<ReturnType<typeof usePagedList>, "replace" | "remove">;

const NO_ROWS = { items: [], nextCursor: null };

async function fetchPage<Item>(url: string, cursor: string | null, signal: AbortSignal): Promise<Page<Item>> {
  const from = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
  const page = await fetchJson<Page<Item>>(url + from, { signal });
  // A search that found nothing yet continues: a page reads a bounded part of the list.
  if (page.items.length > 0 || page.nextCursor === null) return page;
  return fetchPage(url, page.nextCursor, signal);
}

/** Its audio is not stored yet, or its levels are not measured. */
const isUnfinished = ({ state, peaksUrl, peakLevel }: Row): boolean =>
  state === "processing" || (peaksUrl !== null && peakLevel === null);

const appended = <Item>(before: Page<Item>, { items, nextCursor }: Page<Item>): Page<Item> => ({
  items: [...before.items, ...items],
  nextCursor,
});

function refreshed<Item extends Row>(before: Page<Item>, first: Page<Item>): Page<Item> {
  const end = before.items.findIndex(({ id }) => id === first.items.at(-1)?.id) + 1;
  if (end === 0 || end === before.items.length) return first;
  return { items: [...first.items, ...before.items.slice(end)], nextCursor: before.nextCursor };
}
