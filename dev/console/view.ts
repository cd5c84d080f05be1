// The current view, stored in the URL's fragment.
import { useEffect, useState } from "preact/hooks";

const MAIN_VIEWS = ["voices", "generations", "create"] as const;
/** Shown beside the main views on a wide screen, and as separate views on a narrow one. */
const SIDE_VIEWS = ["billing", "requests"] as const;

export type MainView = (typeof MAIN_VIEWS)[number];
export type View = MainView | (typeof SIDE_VIEWS)[number];

const isView = (name: string): name is View => [...MAIN_VIEWS, ...SIDE_VIEWS].some((view) => view === name);
export const isMainView = (view: View): view is MainView => MAIN_VIEWS.some((main) => main === view);

const viewOfUrl = (): View => {
  const name = location.hash.slice(1);
  return isView(name) ? name : "voices";
};

export const goTo = (view: View): void => {
  location.hash = view;
};

export function useView(): View {
  const [view, setView] = useState(viewOfUrl);
  useEffect(() => {
    const update = () => setView(viewOfUrl());
    window.addEventListener("hashchange", update);
    return () => window.removeEventListener("hashchange", update);
  }, []);
  return view;
}
