// The development host: serves the fakes under /__dev and forwards all other requests to the unmodified edge Worker.
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { createChangeLog } from "./changes.ts";
import { GATEWAY_HEADER } from "./gateway-header.ts";
import { LOCAL_EVENTS_SECRET, LOCAL_POLAR_TOKEN, LOCAL_POLAR_WEBHOOK_SECRET } from "./identities.ts";
import { announceFault, markIntended } from "./intended-errors.ts";
import { createLiveUpdates } from "./live.ts";
import { createPolarFake } from "./polar.ts";
import { createRequestLog } from "./requests.ts";
import { signInRoutes } from "./sign-in.ts";
import { signedWebhook } from "./webhook.ts";

/** Through a service binding, `scheduled` of the other Worker can be called like a function. */
interface Edge extends Fetcher {
  scheduled: (tick: { scheduledTime: number; cron: string }) => Promise<void>;
}

interface Bindings {
  EDGE: Edge;
  GATEWAY_SECRET?: string;
  /** The address of the gateway. */
  LOCAL_URL?: string;
}

const host = new Hono<{ Bindings: Bindings }>();

/** Rejects what did not come through the gateway, which checks the Host header. */
host.use(async (c, next) => {
  const { GATEWAY_SECRET: secret, LOCAL_URL: url } = c.env;
  if (secret && c.req.header(GATEWAY_HEADER) === secret) return next();
  return c.json({ error: `This port is wrangler's own: open ${url}` }, 421);
});

/** Rejects state changes requested by pages of another origin. */
const csrfProtection = createMiddleware(async (c, next) => {
  const origin = c.req.header("Origin");
  const isSafe = c.req.method === "GET" || c.req.method === "HEAD";
  if (isSafe || origin === undefined || origin === new URL(c.req.url).origin) return next();
  return c.json({ error: "Requests from other origins are not allowed" }, 403);
});

// The Polar fake outlives a request, but bindings come with each request: its webhooks use the latest one.
let edge: Edge;
host.use("/__dev/*", csrfProtection, async (c, next) => {
  edge = c.env.EDGE;
  await next();
});
const sendWebhook = async (payload: unknown) => {
  const { headers, body } = await signedWebhook(payload, { secret: LOCAL_POLAR_WEBHOOK_SECRET });
  // As Polar does, a redirect is not followed: it is a failed delivery.
  const init = { method: "POST", headers, body, redirect: "manual" } as const;
  const response = await edge.fetch("http://localhost/api/webhooks/polar", init);
  await response.body?.cancel();
  return response.status;
};
const requestLog = createRequestLog();
const polar = createPolarFake(LOCAL_POLAR_TOKEN, sendWebhook, announceFault);
const changes = createChangeLog(LOCAL_EVENTS_SECRET);

host.route("/__dev/polar", polar);
host.route("/__dev/session", signInRoutes);
host.route("/__dev/requests", requestLog.routes);
host.route("/__dev/changes", changes);
host.route("/__dev/live", createLiveUpdates({ requests: requestLog.routes, polar, changes }));

const runCron = ({ EDGE }: Bindings, scheduledTime: number) =>
  EDGE.scheduled({ scheduledTime, cron: "* * * * *" });

/** Runs the cron with `at` (ISO 8601; now when absent) as the current time. Responds when its work is done. */
host.post("/__dev/cron", async (c) => {
  const at = new Date(c.req.query("at") ?? Date.now());
  if (Number.isNaN(at.getTime())) return c.json({ error: "at must be an ISO 8601 time" }, 400);
  await runCron(c.env, at.getTime());
  return c.json({ at: at.toISOString() });
});
host.all("/__dev/*", (c) => c.json({ error: "Not found under /__dev" }, 404));
host.all("*", async (c) =>
  markIntended(c.req.path, await requestLog.record(c.req.raw, (request) => c.env.EDGE.fetch(request))),
);

/**
 * wrangler's note on the cron names an address that runs the `scheduled` of its first Worker, which is this one. Always as
 * of now: any page can request that address.
 */
const scheduled = (_tick: unknown, env: Bindings) => runCron(env, Date.now());

export default Object.assign(host, { scheduled });
