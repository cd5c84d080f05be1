// Loads a paginated list of the service, and refreshes it while the service is still working on a row.
import { useEffect, useState } from "preact/hooks";
import type { Page } from "../../src/platform/pagination.ts";
import { type ApiError, fetchJson, toApiError } from "./api.ts";
import { player } from "./audio-element.ts";
import type { Row } from "./row.ts";
import { queryOf } from "./view.ts";

/** The pauses before an unfinished row is asked for again. Then its list must be reloaded. */
const PAUSES_SECONDS = [2, 4, 8, 16, 32, 60, 60, 60];

interface PageRequest {
  query: string | null;
  /** Null for the first page. */
  cursor: string | null;
}

interface ListState<Item> extends Page<Item> {
  /** What the rows, or the error, respond to; null before the first response. */
  request: PageRequest | null;
  error: ApiError | null;
  /** Whether the error is that of a further page. */
  isPartial: boolean;
}

const NOTHING: ListState<never> = {
  items: [],
  nextCursor: null,
  request: null,
  error: null,
  isPartial: false,
};

/** The list at `path`. Empty values of `filter` are left out of the query. Without a filter nothing is loaded. */
export function usePagedList<Item extends Row>(path: string, filter: Record<string, string> | null) {
  const query = filter && queryOf(filter);
  const [list, setList] = useState<ListState<Item>>(NOTHING);
  const [request, setRequest] = useState<PageRequest>({ query, cursor: null });
  const reload = () => setRequest({ query, cursor: null });
  if (request.query !== query) reload();
  const isLoading = list.request !== request;

  const url = `${path}?${query}`;
  const load = async (signal: AbortSignal) => {
    const { cursor } = request;
    try {
      const { items, nextCursor } = await fetchPage<Item>(url, cursor, signal);
      setList((before) => ({
        items: cursor === null ? items : [...before.items, ...items],
        nextCursor,
        request,
        error: null,
        isPartial: false,
      }));
    } catch (reason) {
      if (signal.aborted) return;
      setList((before) => ({
        // Rows that match another filter are not an older version of this list.
        ...(before.request?.query === query ? before : NOTHING),
        request,
        error: toApiError(reason),
        isPartial: request.cursor !== null,
      }));
    }
  };
  useEffect(() => {
    if (query === null) return;
    // Aborted when the filter changes, so that a late response for the previous filter is ignored.
    const ended = new AbortController();
    void load(ended.signal);
    return () => ended.abort();
  }, [request]);

  const unfinished = list.items.filter(isUnfinished).map(({ id }) => id);
  useEffect(() => {
    if (isLoading || unfinished.length === 0) return;
    const ended = new AbortController();
    const refresh = async () => {
      try {
        const first = await fetchPage<Item>(url, null, ended.signal);
        setList((before) => ({ ...before, ...refreshed(before, first), error: null }));
      } catch (reason) {
        if (ended.signal.aborted) return;
        setList((before) => ({ ...before, error: toApiError(reason), isPartial: false }));
      }
    };
    void repeat(refresh, ended.signal);
    return () => ended.abort();
  }, [isLoading, unfinished.join()]);

  const isDeleted = player.failure.value?.error.status === 404;
  useEffect(() => {
    if (isDeleted) reload();
  }, [isDeleted]);

  return {
    ...list,
    isLoading,
    error: isLoading ? null : list.error,
    reload,
    loadMore: () => setRequest({ query, cursor: list.nextCursor }),
    /** Shows a row as it is now, and removes one that was deleted in the service. */
    update: (id: string, changed?: Item) =>
      setList((before) => ({
        ...before,
        items: before.items.flatMap((item) => (item.id === id ? (changed ?? []) : item)),
      })),
  };
}

export type PagedList = Omit<ReturnType<typeof usePagedList>, "update">;

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

async function repeat(refresh: () => Promise<void>, ended: AbortSignal): Promise<void> {
  for (const seconds of PAUSES_SECONDS) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    // A hidden page asks for nothing.
    if (document.hidden) {
      await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
    }
    if (ended.aborted) return;
    await refresh();
  }
}

/** A list with its first page as it is now, and the further ones as they were. */
function refreshed<Item extends Row>(before: Page<Item>, first: Page<Item>): Page<Item> {
  const end = before.items.findIndex(({ id }) => id === first.items.at(-1)?.id) + 1;
  if (end === 0 || end === before.items.length) return first;
  return { items: [...first.items, ...before.items.slice(end)], nextCursor: before.nextCursor };
}
