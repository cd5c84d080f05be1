// Client for Polar: how many events it has. Depends on no route and no database.
import { createPolarCore } from "@polar-sh/sdk/2026-10";
import { listEvents } from "@polar-sh/sdk/2026-10/services/events";
import { reportRemovedVersion } from "./polar.ts";

const TIMEOUT_SECONDS = 20;

type EventCount =
  | { kind: "counted"; events: number }
  /** Polar did not give a usable response. */
  | { kind: "unavailable"; cause: unknown };

/** Counts the events of a name from `start` until before `end`, whoever sent them. Never throws. */
export type CountEvents = (name: string, start: Date, end: Date) => Promise<EventCount>;

/**
 * Counts by the list of events, whose first page has their number: one call, however many there are. It needs the scope
 * `events:read` or `events:write` (server/polar/event/auth.py).
 */
export function createEventCounter(account: { accessToken: string; baseUrl: string }): CountEvents {
  const polar = createPolarCore({ ...account, timeout: TIMEOUT_SECONDS });
  return async (name, start, end) => {
    try {
      const { pagination } = await listEvents(polar)({
        name,
        source: "user",
        // Polar compares with < and >, in milliseconds (server/polar/integrations/tinybird/service.py).
        start_timestamp: new Date(start.getTime() - 1).toISOString(),
        end_timestamp: end.toISOString(),
        limit: 1,
      });
      if ("total_count" in pagination) return { kind: "counted", events: pagination.total_count };
      return { kind: "unavailable", cause: new Error("Polar did not count its events") };
    } catch (cause) {
      reportRemovedVersion(cause);
      return { kind: "unavailable", cause };
    }
  };
}
