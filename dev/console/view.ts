// The current view and the filter of its list, stored in the URL's fragment: `#voices?search=calm&language=en`.
import { useEffect, useState } from "preact/hooks";

const MAIN_VIEWS = ["voices", "generations", "create"] as const;
/** Shown beside the main views on a wide screen, and as separate views on a narrow one. */
const SIDE_VIEWS = ["billing", "requests"] as const;

export type MainView = (typeof MAIN_VIEWS)[number];
export type View = MainView | (typeof SIDE_VIEWS)[number];

const isView = (name: string): name is View => [...MAIN_VIEWS, ...SIDE_VIEWS].some((view) => view === name);
export const isMainView = (view: View): view is MainView => MAIN_VIEWS.some((main) => main === view);

function readAddress(): { view: View; parameters: URLSearchParams } {
  const [name = "", query] = location.hash.slice(1).split("?");
  return { view: isView(name) ? name : "voices", parameters: new URLSearchParams(query) };
}

/** The latest address of each view. */
const latest = new Map<View, string>();
const remember = () => latest.set(readAddress().view, location.hash);
remember();

/** Called by one listener, so that all components that depend on the address are rendered at once. */
const updates = new Set<() => void>();
window.addEventListener("hashchange", () => {
  remember();
  for (const update of updates) update();
});

/** The target of a link to `view`: of another view with its latest filter, of the current one without a filter. */
export const hrefOf = (view: View): string => (readAddress().view !== view && latest.get(view)) || `#${view}`;

export const goTo = (view: View): void => {
  location.hash = view;
};

/** The result of `read` after each change of the address. */
function useAddress<Value>(read: (before: Value | null) => Value): Value {
  const [value, setValue] = useState(() => read(null));
  useEffect(() => {
    const update = () => setValue(read);
    updates.add(update);
    return () => void updates.delete(update);
  }, []);
  return value;
}

export const useView = (): View => useAddress(() => readAddress().view);

/** The names of a filter's fields, each with the values that it accepts, or null for any text. */
type FilterFields = Record<string, readonly string[] | null>;

/** The filter of `view`, and a function that changes it. A field that is not set is empty. */
export function useFilter<Fields extends FilterFields>(view: View, fields: Fields) {
  type Filter = Record<keyof Fields, string>;
  const read = (before: Filter | null): Filter => {
    const address = readAddress();
    if (before && address.view !== view) return before;
    const accept = ([name, accepted]: [string, readonly string[] | null]) => {
      const value = (address.view === view && address.parameters.get(name)) || "";
      return [name, accepted === null || accepted.includes(value) ? value : ""];
    };
    return Object.fromEntries(Object.entries(fields).map(accept));
  };
  const filter = useAddress(read);
  const change = (changes: Partial<Filter>) => {
    // A search that is reported after the view was left changes nothing.
    if (readAddress().view !== view) return;
    const current = read(null);
    const set = Object.entries<string | undefined>({ ...current, ...changes }).flatMap(([name, value]) =>
      value ? [[name, value]] : [],
    );
    const query = new URLSearchParams(set).toString();
    const address = `#${view}${query && `?${query}`}`;
    // A search is one entry of the history, and not one for each letter.
    if (changes.search && current.search) location.replace(address);
    else location.hash = address;
  };
  return [filter, change] as const;
}
