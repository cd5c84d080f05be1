// The Polar fake: the part of Polar's HTTP API that the service calls, as strict as the published one, and endpoints
// that set subscriptions and inject faults. Polar's source is the authority (github.com/polarsource/polar).
import type { models } from "@polar-sh/sdk/2026-10";
import { Hono } from "hono";
import * as z from "zod";
import { Account } from "./polar-account.ts";
import { customerState, POLAR_VERSION, stateChanged } from "./polar-customer.ts";
import {
  bodyTooLarge,
  invalidToken,
  resourceNotFound,
  routeNotFound,
  serverError,
  tooManyRequests,
  unauthorized,
  unprocessable,
} from "./polar-errors.ts";
import { eventPage, parseEventQuery } from "./polar-event-list.ts";
import { injectFaults } from "./polar-faults.ts";
import {
  type IngestedEvent,
  ingestion,
  meters,
  type PolarFault,
  polarFault,
  rateLimit,
  type StoredEvent,
} from "./polar-schema.ts";
import { type SendWebhook, WebhookEndpoint } from "./polar-webhooks.ts";

/** API_MAX_REQUEST_BODY_SIZE in server/polar/config.py. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Postgres' parameters in a statement, and those of a row of meter_events (server/polar/event/service.py). */
const MAX_SQL_PARAMETERS = 32_767;
const METER_EVENT_PARAMETERS = 7;

/**
 * A Polar fake with its own account. The API is under `/v1` and requires `accessToken`, an organisation's token; the
 * other paths set and read subscriptions, events, calls, faults, the rate limit and the webhook endpoint. A changed
 * subscription or meter is sent through `sendWebhook`. `onFault` is told of each fault that takes effect.
 */
export function createPolarFake(
  accessToken: string,
  sendWebhook: SendWebhook = async () => 204,
  onFault: (fault: PolarFault) => void = () => undefined,
) {
  let account = new Account();
  const endpoint = new WebhookEndpoint(sendWebhook);
  const faultsOf = (target: PolarFault["target"]) =>
    injectFaults(() => {
      const fault = account.nextFault(target);
      if (fault) onFault(fault);
      return fault;
    });

  const api = new Hono()
    .use(async (c, next) => {
      const path = c.req.path.replace(/^.*\/v1/, "");
      account.calls[path] = (account.calls[path] ?? 0) + 1;
      // Also of a request that is refused: workerd waits until its body was read.
      await c.req.text();
      const waitSeconds = account.spend(Date.now());
      if (waitSeconds !== null) return tooManyRequests(c, waitSeconds);
      const authorization = c.req.header("Authorization") ?? "";
      if (!/^Bearer ./i.test(authorization)) return unauthorized(c);
      if (authorization !== `Bearer ${accessToken}`) return invalidToken(c);
      // Without the header, the current version is meant (server/polar/kit/versioning.py).
      const version = c.req.header("Polar-Version") || POLAR_VERSION;
      if (version !== POLAR_VERSION) return routeNotFound(c);
      await next();
      c.header("Polar-Version", POLAR_VERSION);
    })
    .get("/customers/external/:externalId/state", faultsOf("customers"), (c) => {
      const externalId = c.req.param("externalId");
      const active = account.subscriptions.get(externalId);
      if (active === undefined) return resourceNotFound(c);
      return c.json(customerState(externalId, active));
    })
    .post("/events/ingest", faultsOf("events"), async (c) => {
      if (!c.req.header("Content-Type")?.startsWith("application/json")) {
        const issue = { loc: ["body"], msg: "Input should be JSON", type: "model_attributes_type" };
        return unprocessable(c, "RequestValidationError", [issue]);
      }
      const text = await c.req.text();
      if (new TextEncoder().encode(text).length > MAX_BODY_BYTES) return bodyTooLarge(c, MAX_BODY_BYTES);
      const body = ingestion.safeParse(parseJson(text));
      if (!body.success) {
        return unprocessable(c, "RequestValidationError", toIssues(body.error, ["body"]));
      }
      const { events } = body.data;
      const issues = events.flatMap(foreignReferences);
      if (issues.length > 0) return unprocessable(c, "PolarRequestValidationError", issues);
      const meterEvents = account.countNew(events) * account.matchingMeters;
      if (meterEvents * METER_EVENT_PARAMETERS > MAX_SQL_PARAMETERS) return serverError(c, 500);
      const inserted = events.filter((received) => account.ingest(received) === "inserted");
      await notifyMeters(inserted);
      return c.json({
        inserted: inserted.length,
        duplicates: events.length - inserted.length,
      } satisfies models.EventsIngestResponse);
    })
    .get("/events/", faultsOf("event_list"), (c) => {
      const query = parseEventQuery(new URL(c.req.url).searchParams);
      if (query.kind === "invalid") return unprocessable(c, query.error, query.issues);
      return c.json(eventPage(account.events, query));
    })
    .all("*", routeNotFound);

  /** server/polar/customer_meter/service.py: a changed meter changes the customer's state, not the subscription. */
  async function notifyMeters(inserted: IngestedEvent[]): Promise<void> {
    const customers = new Set(inserted.flatMap(({ external_customer_id: id }) => id ?? []));
    for (const id of customers) {
      const active = account.subscriptions.get(id);
      if (active !== undefined) await endpoint.notify(stateChanged(id, active));
    }
  }

  return new Hono()
    .route("/v1", api)
    .put("/subscriptions/:orgId", async (c) => {
      const { active } = z.object({ active: z.boolean() }).parse(await c.req.json());
      const orgId = c.req.param("orgId");
      account.subscriptions.set(orgId, active);
      await endpoint.notify(stateChanged(orgId, active));
      return c.json({ orgId, active });
    })
    .get("/subscriptions/:orgId", (c) => {
      const orgId = c.req.param("orgId");
      return c.json({ orgId, active: account.subscriptions.get(orgId) ?? false });
    })
    .get("/events", (c) => {
      const org = c.req.query("org");
      const isListed = ({ external_customer_id: id }: StoredEvent) => org === undefined || id === org;
      return c.json({ items: account.events.filter(isListed) });
    })
    .get("/calls", (c) => c.json(account.calls))
    .get("/faults", (c) => c.json({ items: account.faults.filter(({ times }) => times > 0) }))
    .put("/faults", async (c) => {
      const planned = polarFault.parse(await c.req.json());
      account.faults.push(planned);
      return c.json(planned);
    })
    .delete("/faults", (c) => {
      account.faults.length = 0;
      return c.body(null, 204);
    })
    .put("/rate-limit", async (c) => {
      const { perMinute } = rateLimit.parse(await c.req.json());
      account.perMinute = perMinute;
      return c.json({ perMinute });
    })
    .put("/meters", async (c) => {
      const { matching } = meters.parse(await c.req.json());
      account.matchingMeters = matching;
      return c.json({ matching });
    })
    .get("/webhooks", (c) => c.json(endpoint.state))
    .post("/webhooks/retry", async (c) => {
      await endpoint.retry();
      return c.json(endpoint.state);
    })
    .delete("/", async (c) => {
      const { subscriptions } = account;
      account = new Account();
      endpoint.reset();
      for (const [orgId, active] of subscriptions) {
        const restored = account.subscriptions.get(orgId) ?? false;
        if (restored !== active) await endpoint.notify(stateChanged(orgId, restored));
      }
      return c.body(null, 204);
    })
    .onError((error, c) => {
      if (error instanceof z.ZodError) return unprocessable(c, "RequestValidationError", toIssues(error));
      throw error;
    });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const toIssues = ({ issues }: z.ZodError, prefix: string[] = []) =>
  issues.map(({ path, message, code }) => ({
    type: code,
    loc: [...prefix, ...path.map((key) => (typeof key === "number" ? key : String(key)))],
    msg: message,
  }));

/**
 * What server/polar/event/service.py rejects beyond the form of an event: an organisation's token already names the
 * organisation, and no customer of this account is known by Polar's own id.
 */
function foreignReferences({ organization_id, customer_id }: IngestedEvent, index: number) {
  const at = (name: string) => ["body", "events", index, name];
  if (organization_id) {
    const msg = "Setting organization_id is disallowed when using an organization token.";
    return [{ type: "organization_token", msg, loc: at("organization_id"), input: organization_id }];
  }
  if (customer_id === undefined) return [];
  return [{ type: "customer_id", msg: "Customer not found.", loc: at("customer_id"), input: customer_id }];
}
