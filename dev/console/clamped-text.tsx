// Texts of a card that are cut after some lines, and the button that shows all of them.
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Shown when an element in `card` with `data-clamp` is cut. */
export function ShowAll({ card, name }: { card: RefObject<HTMLElement | null>; name: string }) {
  const [isCut, setCut] = useState(false);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!card.current) return;
    card.current.dataset.open = String(isOpen);
    if (isOpen) return;
    const texts = [...card.current.querySelectorAll("[data-clamp]")];
    const observer = new ResizeObserver(() =>
      setCut(texts.some(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight + 1)),
    );
    for (const text of texts) observer.observe(text);
    return () => observer.disconnect();
  }, [card, isOpen]);
  if (!isCut) return null;
  return (
    <button
      type="button"
      class="button secondary small"
      aria-expanded={isOpen}
      onClick={() => setOpen(!isOpen)}
    >
      {isOpen ? "Show less" : "Show all"}
      <span class="visually-hidden"> of {name}</span>
    </button>
  );
}
