// Tells of changes of voices and generations that another tab or a back end made.
import { useEffect, useRef } from "preact/hooks";
import type { RecordedChange } from "../changes.ts";
import { takeOwnChange } from "./own-changes.ts";
import { useNotify } from "./toasts.tsx";
import type { MainView } from "./view.ts";

/** By then this page has the response to its own request for the change. */
const OWN_RESPONSE_MS = 1_000;

/** `voice.created` as `Voice created: “Grandma”`. The name keeps its own direction of text. */
const textOf = ({ type, title }: RecordedChange): string =>
  `${type.charAt(0).toUpperCase()}${type.slice(1).replace(".", " ")}: “\u2068${title}\u2069”`;

/** Notifies of each change that becomes known after the first `changes`. `reload` shows a list as it is now. */
export function useChangeNotices(
  changes: RecordedChange[] | undefined,
  reload: (view: MainView) => void,
): void {
  const notify = useNotify();
  const known = useRef<Set<number> | null>(null);
  useEffect(() => {
    if (!changes) return;
    const before = known.current;
    known.current = new Set([...(before ?? []), ...changes.map(({ sequence }) => sequence)]);
    if (before === null) return;
    for (const change of changes.filter(({ sequence }) => !before.has(sequence))) {
      const view = change.type.startsWith("voice") ? "voices" : "generations";
      setTimeout(() => {
        if (takeOwnChange(change.type, change.id)) return;
        notify(textOf(change), { action: { label: "Reload", run: () => reload(view) } });
      }, OWN_RESPONSE_MS);
    }
  }, [changes]);
}
