// Texts of a card that are cut after some lines, and the button that shows all of them.
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** Shown when an element with `data-clamp` in the card around it is cut. */
export function ShowAll({ name }: { name: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const [isCut, setCut] = useState(false);
  const [isOpen, setOpen] = useState(false);
  // Before the layout of opened texts, which are not cut, is observed.
  useLayoutEffect(() => {
    const texts = [...(frame.current?.closest(".card")?.querySelectorAll("[data-clamp]") ?? [])];
    const observer = new ResizeObserver(() =>
      setCut(texts.some(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight + 1)),
    );
    if (!isOpen) for (const text of texts) observer.observe(text);
    return () => observer.disconnect();
  }, [isOpen]);
  return (
    <div ref={frame} hidden={!isCut}>
      <button
        type="button"
        class="button secondary small"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? "Show less" : "Show all"}
        <span class="visually-hidden"> of {name}</span>
      </button>
    </div>
  );
}
