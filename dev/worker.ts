// The local host. Everything under /__dev is a stand-in; all the rest goes to the unmodified edge Worker.
import { Hono } from "hono";
import { LOCAL_POLAR_TOKEN } from "./identities.ts";
import { createPolarStandIn } from "./polar.ts";

const host = new Hono<{ Bindings: { EDGE: Fetcher } }>();

host.route("/__dev/polar", createPolarStandIn(LOCAL_POLAR_TOKEN));
host.all("/__dev/*", (c) => c.json({ error: "No such stand-in" }, 404));
host.all("*", (c) => c.env.EDGE.fetch(c.req.raw));

export default host;
