// Keeps the page from being left by accident: by a file that is dropped beside its place, and while work is unfinished.
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/**
 * Takes a file that is dropped anywhere on the page while `zone` is shown and usable. Any other drop does nothing: the
 * browser would open the file in place of the page. Returns whether a file is held over the page.
 */
export function useFileDrop(
  zone: RefObject<HTMLElement | null>,
  onFile: ((file: File) => void) | null,
): boolean {
  const [isOver, setOver] = useState(false);
  const take = useRef(onFile);
  take.current = onFile;
  useEffect(() => {
    const handle = (event: DragEvent) => {
      const { dataTransfer, type, relatedTarget } = event;
      if (!dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      const isUsable = zone.current?.checkVisibility() && !zone.current.closest("[inert]");
      const isTaken = take.current !== null && isUsable === true;
      dataTransfer.dropEffect = isTaken ? "copy" : "none";
      // A drag leaves each element that it crosses, and the page only without a next one.
      setOver(isTaken && type !== "drop" && (type !== "dragleave" || relatedTarget !== null));
      const [file] = dataTransfer.files;
      if (isTaken && type === "drop" && file) take.current?.(file);
    };
    const listening = new AbortController();
    for (const type of ["dragover", "dragleave", "drop"] as const) {
      window.addEventListener(type, handle, { signal: listening.signal });
    }
    return () => listening.abort();
  }, [zone]);
  return isOver;
}

/** While `isBusy`, the browser asks before it leaves the page. */
export function useLeaveGuard(isBusy: boolean): void {
  useEffect(() => {
    if (!isBusy) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isBusy]);
}
