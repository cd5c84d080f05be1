// Streams the state of the development host to the console as server-sent events.
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { PolarFault, StoredEvent } from "./polar-schema.ts";
import type { RecordedRequest } from "./requests.ts";

/** The data of one server-sent event. */
export interface LiveState {
  /** The newest first. */
  requests: { items: RecordedRequest[] };
  /** The oldest first. */
  events: { items: StoredEvent[] };
  faults: { items: PolarFault[] };
  subscription: { orgId: string; active: boolean };
}

interface Intervals {
  pollMs?: number;
  /** The time without a change after which a comment is sent. */
  keepAliveMs?: number;
}

/** `GET /?org=…` sends a {@link LiveState} at once and after each change; it polls `requests` and `polar` for it. */
export const createLiveUpdates = (
  requests: Hono,
  polar: Hono,
  { pollMs = 250, keepAliveMs = 5_000 }: Intervals = {},
) =>
  new Hono().get("/", (c) => {
    const org = c.req.query("org");
    if (!org) return c.json({ error: "org is required, for example ?org=org_demo" }, 400);
    const readState = async () => {
      const responses: Record<keyof LiveState, Response | Promise<Response>> = {
        requests: requests.request("/"),
        events: polar.request("/events"),
        faults: polar.request("/faults"),
        subscription: polar.request(`/subscriptions/${encodeURIComponent(org)}`),
      };
      const parts = Object.entries(responses).map(
        async ([name, response]) => `"${name}":${await (await response).text()}`,
      );
      return `{${(await Promise.all(parts)).join(",")}}`;
    };
    return streamSSE(c, async (stream) => {
      let last = "";
      let silentMs = 0;
      while (!stream.aborted) {
        const data = await readState();
        if (data !== last) {
          await stream.writeSSE({ data });
          silentMs = 0;
        } else if (silentMs >= keepAliveMs) {
          // A closed connection is noticed only by a write: without one, the loop of a closed page would never end.
          await stream.write(":\n\n");
          silentMs = 0;
        }
        last = data;
        silentMs += pollMs;
        await stream.sleep(pollMs);
      }
    });
  });
