// Receives the live updates of the development host.
import { useEffect, useState } from "preact/hooks";
import type { LiveState } from "../live.ts";
import { notify } from "./toasts.tsx";

const RECONNECT_MS = 1_000;
/** Connections in a row that failed: one is lost whenever the stack loads changed code. */
const LOST_AFTER = 2;

export interface Live {
  /** The latest state. Null until the first update has arrived. */
  state: LiveState | null;
  /** The stack does not answer; it is tried again. */
  isLost: boolean;
}

/** What is known of `orgId`. Notifies when the stack is lost and when it is back. */
export function useLiveConnection(orgId: string): Live {
  const [live, setLive] = useState<Live>({ state: null, isLost: false });
  useEffect(() => {
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout>;
    let failures = 0;
    const connect = () => {
      source = new EventSource(`/__dev/live?org=${encodeURIComponent(orgId)}`);
      source.onmessage = ({ data }) => {
        if (failures >= LOST_AFTER) notify("The stack is back.");
        failures = 0;
        setLive({ state: JSON.parse(data), isLost: false });
      };
      // The browser itself does not reconnect after a 503, which is the response of a stack that is starting.
      source.onerror = () => {
        source.close();
        timer = setTimeout(connect, RECONNECT_MS);
        failures += 1;
        if (failures !== LOST_AFTER) return;
        notify("The stack does not respond. Is npm run dev still running?");
        setLive(({ state }) => ({ state, isLost: true }));
      };
    };
    connect();
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, [orgId]);
  return live;
}
