// What goes on behind the scenes, as the local host tells it.
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { RecordedRequest } from "../requests.ts";
import type { PolarEvent, PolarFault } from "./models.ts";

export interface Live {
  /** The newest first. */
  requests: { items: RecordedRequest[] };
  /** The oldest first. */
  events: { items: PolarEvent[] };
  faults: { items: PolarFault[] };
  subscription: { active: boolean };
}

/** Null until the first news have come. */
export const LiveContext = createContext<Live | null>(null);
export const useLive = (): Live | null => useContext(LiveContext);

/** Listens for as long as the page is there; after a break the browser connects by itself. */
export function useLiveConnection(orgId: string): Live | null {
  const [live, setLive] = useState<Live | null>(null);
  useEffect(() => {
    const source = new EventSource(`/__dev/live?org=${encodeURIComponent(orgId)}`);
    source.onmessage = ({ data }) => setLive(JSON.parse(data));
    return () => source.close();
  }, [orgId]);
  return live;
}
