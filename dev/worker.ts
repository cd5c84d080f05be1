// The local host. Everything under /__dev is a stand-in; all the rest goes to the unmodified edge Worker.
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { LOCAL_POLAR_TOKEN, LOCAL_POLAR_WEBHOOK_SECRET } from "./identities.ts";
import { createLive } from "./live.ts";
import { createPolarStandIn } from "./polar.ts";
import { createRequestLog } from "./requests.ts";
import { signIn } from "./sign-in.ts";
import { signedWebhook } from "./webhook.ts";

/** By a service binding the other Worker's handlers can be called like functions. */
interface Edge extends Fetcher {
  scheduled: (tick: { scheduledTime: number; cron: string }) => Promise<void>;
}

const host = new Hono<{ Bindings: { EDGE: Edge } }>();

/** A page of another origin may not throw the switches. */
const ownPagesOnly = createMiddleware(async (c, next) => {
  const origin = c.req.header("Origin");
  const isSafe = c.req.method === "GET" || c.req.method === "HEAD";
  if (isSafe || origin === undefined || origin === new URL(c.req.url).origin) return next();
  return c.json({ error: "Only pages of this stack may do that" }, 403);
});

// One account for all requests, though each comes with bindings of its own.
let edge: Edge;
host.use("/__dev/*", ownPagesOnly, async (c, next) => {
  edge = c.env.EDGE;
  await next();
});
const notify = async (payload: unknown) => {
  const { headers, body } = await signedWebhook(payload, { secret: LOCAL_POLAR_WEBHOOK_SECRET });
  await edge.fetch("http://localhost/api/webhooks/polar", { method: "POST", headers, body });
};
const requests = createRequestLog();
const polar = createPolarStandIn(LOCAL_POLAR_TOKEN, notify);

host.route("/__dev/polar", polar);
host.route("/__dev/session", signIn);
host.route("/__dev/requests", requests.routes);
host.route("/__dev/live", createLive(requests.routes, polar));
/** Runs the cron, as if it were `at` (ISO 8601; now when absent), and answers when its work is done. */
host.post("/__dev/cron", async (c) => {
  const at = new Date(c.req.query("at") ?? Date.now());
  if (Number.isNaN(at.getTime())) return c.json({ error: "at is not a time" }, 400);
  await c.env.EDGE.scheduled({ scheduledTime: at.getTime(), cron: "* * * * *" });
  return c.json({ at: at.toISOString() });
});
host.all("/__dev/*", (c) => c.json({ error: "No such stand-in" }, 404));
host.all("*", (c) => requests.remember(c.req.raw, (request) => c.env.EDGE.fetch(request)));

export default host;
