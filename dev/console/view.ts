// The current view and the filter of its list, stored in the URL's fragment: `#voices?search=calm&language=en`.
import { signal } from "@preact/signals";

const MAIN_VIEWS = ["voices", "generations", "create"] as const;
/** Shown beside the main views on a wide screen, and as separate views on a narrow one. */
const SIDE_VIEWS = ["billing", "requests"] as const;

export type MainView = (typeof MAIN_VIEWS)[number];
export type View = MainView | (typeof SIDE_VIEWS)[number];

const isView = (name: string): name is View => [...MAIN_VIEWS, ...SIDE_VIEWS].some((view) => view === name);
export const isMainView = (view: View): view is MainView => MAIN_VIEWS.some((main) => main === view);

const current = signal<View>("voices");
/** The latest query of each view, which has its filter again when it is shown again. */
const queries = signal<Partial<Record<View, string>>>({});

function readAddress(): void {
  const [name = "", query = ""] = location.hash.slice(1).split("?");
  current.value = isView(name) ? name : "voices";
  queries.value = { ...queries.value, [current.value]: query };
}
readAddress();
window.addEventListener("hashchange", readAddress);

const addressOf = (view: View, query = "") => `#${view}${query && `?${query}`}`;

/** The target of a link to `view`: of another view with its latest filter, of the current one without a filter. */
export const hrefOf = (view: View): string =>
  addressOf(view, view === current.value ? "" : queries.value[view]);

export function goTo(view: View): void {
  location.hash = view;
  readAddress();
}

export const useView = (): View => current.value;

/** A query of what is set in `filter`. */
export const queryOf = (filter: Record<string, string>): string =>
  new URLSearchParams(Object.entries(filter).filter(([, value]) => value)).toString();

/** The names of a filter's fields, each with the texts of its values, or null for any text. */
type FilterFields = Record<string, Record<string, string> | null>;

/** The filter of `view`, and the props of the control of a field. A field that is not set is empty. */
export function useFilter<Fields extends FilterFields>(view: View, fields: Fields) {
  const readFilter = (): Record<keyof Fields, string> => {
    const parameters = new URLSearchParams(queries.value[view]);
    const accept = ([name, options]: [string, Record<string, string> | null]) => {
      const value = parameters.get(name) ?? "";
      return [name, options === null || Object.hasOwn(options, value) ? value : ""];
    };
    return Object.fromEntries(Object.entries(fields).map(accept));
  };
  const filter = readFilter();
  const bind = <Name extends keyof Fields>(name: Name) => ({
    options: fields[name],
    value: filter[name],
    onChange: (value: string) => {
      // A search that is reported after the view was left changes nothing.
      if (current.value !== view) return;
      const before = readFilter();
      const address = addressOf(view, queryOf({ ...before, [name]: value }));
      // A search is one entry of the history, and not one for each letter.
      if (name === "search" && value && before[name]) location.replace(address);
      else location.hash = address;
      readAddress();
    },
  });
  return [filter, bind] as const;
}
