// Short notices of what happened elsewhere. The oldest one goes after a while in which it could be seen.
import { useEffect, useRef, useState } from "preact/hooks";
import { toApiError } from "./api.ts";
import { IconButton } from "./icons.tsx";

const MAX_SHOWN = 3;
const SHOWN_MS = 8_000;

interface Toast {
  text: string;
  action: { label: string; run: () => void } | undefined;
}

const notices = new EventTarget();

/** Shows a notice, with a button if there is an `action`. */
export function notify(text: string, action?: Toast["action"]): void {
  notices.dispatchEvent(new CustomEvent<Toast>("notice", { detail: { text, action } }));
}

/** Handles a rejection: shows what was not done, and why. */
export const notifyThat = (failure: string) => (reason: unknown) =>
  notify(`${failure}: ${toApiError(reason).message}`);

/** The latest notices. */
export function Toasts() {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const [isHeld, setHeld] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const dismiss = (dismissed?: Toast) => setToasts((before) => before.filter((toast) => toast !== dismissed));
  const hold = () => setHeld(document.hidden || list.current?.matches(":hover, :focus-within") === true);
  useEffect(hold, [toasts]);
  useEffect(() => {
    document.addEventListener("visibilitychange", hold);
    notices.addEventListener("notice", (event) => {
      const { detail } = event as CustomEvent<Toast>;
      setToasts((before) => [...before, detail].slice(-MAX_SHOWN));
    });
  }, []);
  const [oldest] = toasts;
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => dismiss(oldest), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [oldest, isHeld]);
  const holding = { onMouseEnter: hold, onMouseLeave: hold, onFocusIn: hold, onFocusOut: hold };
  return (
    <div class="toasts" role="status" aria-atomic="false" ref={list} {...holding}>
      {toasts.map((toast) => {
        const { text, action } = toast;
        const act = () => {
          action?.run();
          dismiss(toast);
        };
        return (
          <div key={toast} class="toast">
            <p dir="auto">{text}</p>
            {action && (
              <button type="button" class="button secondary small" onClick={act}>
                {action.label}
              </button>
            )}
            <IconButton
              class="icon-button small"
              icon="close"
              label="Dismiss"
              onClick={() => dismiss(toast)}
            />
          </div>
        );
      })}
    </div>
  );
}
