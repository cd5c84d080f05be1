// Something of the stand-ins', looked at again and again while the page is seen.
import { useCallback, useEffect, useState } from "preact/hooks";
import { askJson } from "./api.ts";

const EVERY_MS = 1_000;

/** The JSON at `path`, null until it first came, and a way to look at once. */
export function usePoll<Shape>(path: string): { value: Shape | null; look: () => Promise<void> } {
  const [value, setValue] = useState<Shape | null>(null);
  const look = useCallback(async () => {
    try {
      setValue(await askJson<Shape>(path));
    } catch {
      // The stack has stopped, perhaps to start again: what was seen last stays.
    }
  }, [path]);
  useEffect(() => {
    void look();
    const timer = setInterval(() => document.hidden || void look(), EVERY_MS);
    return () => clearInterval(timer);
  }, [look]);
  return { value, look };
}
