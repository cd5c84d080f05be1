// Short notices of what happened elsewhere. The oldest one goes after a while in which it could be seen.
import { type ComponentChildren, createContext } from "preact";
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";

const MAX_SHOWN = 3;
const SHOWN_MS = 8_000;

interface Toast {
  text: string;
  action?: { label: string; run: () => void };
}

type Notify = (text: string, options?: Pick<Toast, "action">) => void;

const NotifyContext = createContext<Notify>(() => undefined);
export const useNotify = (): Notify => useContext(NotifyContext);

/** Provides {@link useNotify} to `children`, and shows the latest notices. */
export function Toasts({ children }: { children: ComponentChildren }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const [isHeld, setHeld] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const notify = useCallback<Notify>((text, options) => {
    setToasts((before) => [...before, { text, ...options }].slice(-MAX_SHOWN));
  }, []);
  const dismiss = (dismissed?: Toast) => setToasts((before) => before.filter((toast) => toast !== dismissed));
  const hold = () => setHeld(document.hidden || list.current?.matches(":hover, :focus-within") === true);
  useEffect(hold, [toasts]);
  useEffect(() => document.addEventListener("visibilitychange", hold), []);
  const [oldest] = toasts;
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => dismiss(oldest), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [oldest, isHeld]);
  const holding = { onMouseEnter: hold, onMouseLeave: hold, onFocusIn: hold, onFocusOut: hold };
  return (
    <NotifyContext.Provider value={notify}>
      {children}
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
              <button
                type="button"
                class="icon-button small"
                aria-label="Dismiss"
                onClick={() => dismiss(toast)}
              >
                <span aria-hidden="true">×</span>
              </button>
            </div>
          );
        })}
      </div>
    </NotifyContext.Provider>
  );
}
