// The colour theme: the system's preference until the user chooses one, which is kept in localStorage.
import { useEffect, useState } from "preact/hooks";
import { IconButton } from "./icons.tsx";

const STORAGE_KEY = "theme";
const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");

function currentTheme(): "light" | "dark" {
  const chosen = localStorage.getItem(STORAGE_KEY);
  if (chosen === "light" || chosen === "dark") return chosen;
  return systemIsDark.matches ? "dark" : "light";
}

/** Sets `data-theme` on <html>, which selects the colours of the stylesheet. */
const applyTheme = () => {
  document.documentElement.dataset.theme = currentTheme();
};
applyTheme();

export function ThemeSwitch() {
  const [theme, setTheme] = useState(currentTheme);
  const update = () => {
    applyTheme();
    setTheme(currentTheme());
  };
  useEffect(() => {
    systemIsDark.addEventListener("change", update);
    return () => systemIsDark.removeEventListener("change", update);
  }, []);
  const other = theme === "dark" ? "light" : "dark";
  const choose = () => {
    localStorage.setItem(STORAGE_KEY, other);
    update();
  };
  return (
    <IconButton icon={theme === "dark" ? "sun" : "moon"} label={`Use ${other} colours`} onClick={choose} />
  );
}
