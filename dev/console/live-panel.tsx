// A panel of the sidebar that shows live data: nothing of it before the data is there.
import type { ComponentChildren } from "preact";
import type { LiveState } from "../live.ts";
import type { Live } from "./live.ts";

interface Props {
  name: string;
  title: string;
  live: Live;
  /** Beside the title. */
  tools?: ComponentChildren;
  children: (state: LiveState) => ComponentChildren;
}

export const LivePanel = ({ name, title, live: { state, isLost }, tools, children }: Props) => (
  <section class="panel" id={`${name}-panel`} aria-labelledby={`${name}-title`}>
    <div class="panel-head">
      <h2 id={`${name}-title`} tabIndex={-1}>
        {title}
      </h2>
      {tools}
    </div>
    {isLost && <p class="pending bad">The stack does not respond. This panel will update when it does.</p>}
    {state ? children(state) : !isLost && <p class="empty">Loading…</p>}
  </section>
);
