// Receives the live updates of the development host.
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { LiveState } from "../live.ts";

/** Null until the first update has arrived. */
export const LiveContext = createContext<LiveState | null>(null);
export const useLive = (): LiveState | null => useContext(LiveContext);

/** The latest state. The browser reconnects an interrupted EventSource on its own. */
export function useLiveConnection(orgId: string): LiveState | null {
  const [live, setLive] = useState<LiveState | null>(null);
  useEffect(() => {
    const source = new EventSource(`/__dev/live?org=${encodeURIComponent(orgId)}`);
    source.onmessage = ({ data }) => setLive(JSON.parse(data));
    return () => source.close();
  }, [orgId]);
  return live;
}
