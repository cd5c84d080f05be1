// Which view is shown: the part of the address behind #.
import { useEffect, useState } from "preact/hooks";

export const MAIN_VIEWS = ["voices", "generations", "create"] as const;
/** Beside the main views where there is room, views of their own where there is not. */
export const SIDE_VIEWS = ["billing", "requests"] as const;

export type MainView = (typeof MAIN_VIEWS)[number];
export type View = MainView | (typeof SIDE_VIEWS)[number];

const isView = (name: string): name is View => [...MAIN_VIEWS, ...SIDE_VIEWS].some((view) => view === name);
export const isMainView = (view: View): view is MainView => MAIN_VIEWS.some((main) => main === view);

const viewOfAddress = (): View => {
  const name = location.hash.slice(1);
  return isView(name) ? name : "voices";
};

export const goTo = (view: View): void => {
  location.hash = view;
};

export function useView(): View {
  const [view, setView] = useState(viewOfAddress);
  useEffect(() => {
    const follow = () => setView(viewOfAddress());
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  return view;
}
