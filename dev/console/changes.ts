// Tells of changes of voices and generations that another tab or a back end made.
import { useEffect, useRef } from "preact/hooks";
import type { RecordedChange } from "../changes.ts";
import { takeOwnChange } from "./api.ts";
import { notify } from "./toasts.tsx";
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
  const known = useRef(changes);
  useEffect(() => {
    const before = known.current?.map(({ sequence }) => sequence);
    known.current = changes;
    for (const change of changes ?? []) {
      if (!before || before.includes(change.sequence)) continue;
      const view = change.type.startsWith("voice") ? "voices" : "generations";
      setTimeout(() => {
        if (takeOwnChange(change.type, change.id)) return;
        notify(textOf(change), { label: "Reload", run: () => reload(view) });
      }, OWN_RESPONSE_MS);
    }
  }, [changes]);
}
