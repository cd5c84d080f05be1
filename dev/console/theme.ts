// The colour theme: the system's preference until the user chooses one, which is kept in localStorage.
import { useEffect, useState } from "preact/hooks";

export type Theme = "light" | "dark";

const STORAGE_KEY = "theme";
const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");
const changes = new EventTarget();

const chosenTheme = (): Theme | null => {
  const stored = localStorage.getItem(STORAGE_KEY);
  return stored === "light" || stored === "dark" ? stored : null;
};

const currentTheme = (): Theme => chosenTheme() ?? (systemIsDark.matches ? "dark" : "light");

/** Sets `data-theme` on <html>, which selects the colours of the stylesheet. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = currentTheme();
  changes.dispatchEvent(new Event("change"));
}
systemIsDark.addEventListener("change", applyTheme);

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(STORAGE_KEY, theme);
  applyTheme();
}

/** The current theme. Re-renders when it changes. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(currentTheme);
  useEffect(() => {
    const update = () => setTheme(currentTheme());
    changes.addEventListener("change", update);
    return () => changes.removeEventListener("change", update);
  }, []);
  return theme;
}
