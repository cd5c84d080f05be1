// What the stand-ins know, as it changes: server-sent events for the console, instead of a request each second.
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";

const LOOK_EVERY_MS = 250;
/** That a listener has gone shows by a write alone: then there is one, news or not. */
const SILENT_LOOKS = 20;

/** `GET /?org=…` sends `{requests, events, faults, subscription}` at once and at each change. */
export const createLive = (requests: Hono, polar: Hono) =>
  new Hono().get("/", (c) => {
    const org = c.req.query("org");
    if (!org) return c.json({ error: "org is needed, as in ?org=org_demo" }, 400);
    const look = async () => {
      const answers = {
        requests: requests.request("/"),
        events: polar.request("/events"),
        faults: polar.request("/faults"),
        subscription: polar.request(`/subscriptions/${encodeURIComponent(org)}`),
      };
      const parts = Object.entries(answers).map(
        async ([name, answer]) => `"${name}":${await (await answer).text()}`,
      );
      return `{${(await Promise.all(parts)).join(",")}}`;
    };
    return streamSSE(c, async (stream) => {
      let last = "";
      for (let looks = 0; !stream.aborted; looks += 1) {
        const data = await look();
        if (data !== last) await stream.writeSSE({ data });
        else if (looks % SILENT_LOOKS === 0) await stream.write(":\n\n");
        last = data;
        await stream.sleep(LOOK_EVERY_MS);
      }
    });
  });
