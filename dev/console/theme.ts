// Light or dark: as the system has it, until the switch says otherwise.
import { useEffect, useState } from "preact/hooks";

export type Theme = "light" | "dark";

const STORED = "theme";
const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");
const changes = new EventTarget();

const chosenTheme = (): Theme | null => {
  const stored = localStorage.getItem(STORED);
  return stored === "light" || stored === "dark" ? stored : null;
};

export const currentTheme = (): Theme => chosenTheme() ?? (systemIsDark.matches ? "dark" : "light");

/** Puts the theme on the page; the stylesheet does the rest. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = currentTheme();
  changes.dispatchEvent(new Event("change"));
}
systemIsDark.addEventListener("change", applyTheme);

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(STORED, theme);
  applyTheme();
}

/** The theme, followed as it changes. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(currentTheme);
  useEffect(() => {
    const follow = () => setTheme(currentTheme());
    changes.addEventListener("change", follow);
    return () => changes.removeEventListener("change", follow);
  }, []);
  return theme;
}
