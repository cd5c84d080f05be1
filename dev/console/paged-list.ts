// A list that the service gives page by page.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { askJson, type Refusal, toRefusal } from "./api.ts";
import type { Page } from "./models.ts";

interface Listed<Item> {
  items: Item[];
  nextCursor: string | null;
  state: "loading" | "ready" | "failed";
  refusal: Refusal | null;
}

const EMPTY = { items: [], nextCursor: null, refusal: null };

/** The list at `path` with `filter` as its query, without the empty entries. */
export function usePagedList<Item>(path: string, filter: Record<string, string>) {
  const [list, setList] = useState<Listed<Item>>({ ...EMPTY, state: "loading" });
  const [reloads, setReloads] = useState(0);
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== "")).toString();

  // What was asked for another filter is not waited for any more.
  const current = useRef(new AbortController());

  const load = useCallback(
    async (cursor: string | null) => {
      const { signal } = current.current;
      const parameters = new URLSearchParams(query);
      if (cursor !== null) parameters.set("cursor", cursor);
      setList((before) => ({ ...before, state: "loading", refusal: null }));
      try {
        const page = await askJson<Page<Item>>(`${path}?${parameters}`, { signal });
        setList((before) => ({
          items: cursor === null ? page.items : [...before.items, ...page.items],
          nextCursor: page.nextCursor,
          state: "ready",
          refusal: null,
        }));
      } catch (error) {
        if (signal.aborted) return;
        setList((before) => ({ ...before, state: "failed", refusal: toRefusal(error) }));
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
    /** Takes items out that the service no longer has. */
    drop: (isGone: (item: Item) => boolean) =>
      setList((before) => ({ ...before, items: before.items.filter((item) => !isGone(item)) })),
  };
}
