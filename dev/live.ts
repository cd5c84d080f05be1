// Streams the state of the development host to the console as server-sent events.
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { RecordedChange } from "./changes.ts";
import type { PolarFault, StoredEvent } from "./polar-schema.ts";
import type { RecordedRequest } from "./requests.ts";

/** The data of one server-sent event: what concerns one organisation. The faults are those of the whole account. */
export interface LiveState {
  /** The newest first. */
  requests: { items: RecordedRequest[] };
  /** The oldest first. */
  events: { items: StoredEvent[] };
  faults: { items: PolarFault[] };
  subscription: { orgId: string; active: boolean };
  /** The oldest first. */
  changes: { items: RecordedChange[] };
}

interface Intervals {
  pollMs?: number;
  /** The time without a change after which a comment is sent. */
  keepAliveMs?: number;
}

/** `GET /?org=…` sends a {@link LiveState} at once and after each change; it polls the sources for it. */
export const createLiveUpdates = (
  { requests, polar, changes }: Record<"requests" | "polar" | "changes", Hono>,
  { pollMs = 250, keepAliveMs = 5_000 }: Intervals = {},
) =>
  new Hono().get("/", (c) => {
    const org = c.req.query("org");
    if (!org) return c.json({ error: "org is required, for example ?org=org_demo" }, 400);
    const orgParameter = encodeURIComponent(org);
    const readState = async () => {
      const responses: Record<keyof LiveState, Response | Promise<Response>> = {
        requests: requests.request(`/?org=${orgParameter}`),
        events: polar.request(`/events?org=${orgParameter}`),
        faults: polar.request("/faults"),
        subscription: polar.request(`/subscriptions/${orgParameter}`),
        changes: changes.request(`/?org=${orgParameter}`),
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
