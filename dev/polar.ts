// The Polar fake: the part of Polar's HTTP API that the service calls, as strict as the published one, and endpoints
// that set subscriptions and inject faults.
import type { models } from "@polar-sh/sdk/2026-10";
import { type Context, Hono } from "hono";
import { createMiddleware } from "hono/factory";
import * as z from "zod";
import { DEMO_ORG, FREE_ORG } from "./identities.ts";
import { customerState, POLAR_VERSION, stateChanged } from "./polar-customer.ts";
import {
  type IngestedEvent,
  ingestion,
  type PolarFault,
  polarFault,
  type StoredEvent,
} from "./polar-schema.ts";

/** Longer than the timeout of any caller. */
const HANG_MS = 60_000;

/** The state of the fake, in memory. */
class Account {
  readonly subscriptions = new Map([
    [DEMO_ORG, true],
    [FREE_ORG, false],
  ]);
  readonly faults: PolarFault[] = [];
  readonly events: StoredEvent[] = [];
  /** The number of requests by path of the API. */
  readonly calls: Record<string, number> = {};

  /** Stores an event, or counts it as a duplicate of the stored one with the same `external_id`. */
  ingest(received: IngestedEvent): "inserted" | "duplicate" {
    const stored = this.events.find(
      (event) => event.external_id && event.external_id === received.external_id,
    );
    if (stored) {
      stored.duplicates += 1;
      return "duplicate";
    }
    this.events.push({ ...received, received_at: new Date().toISOString(), duplicates: 0 });
    return "inserted";
  }

  /** The next fault for `target`, if any; decrements its `times`. */
  nextFault(target: PolarFault["target"]): PolarFault | undefined {
    const next = this.faults.find((candidate) => candidate.target === target && candidate.times > 0);
    if (next) next.times -= 1;
    return next;
  }
}

/** Delivers a webhook. */
export type SendWebhook = (payload: unknown) => Promise<void>;

/**
 * A Polar fake with its own account. The API is under `/v1` and requires `accessToken`; the other paths set and read
 * subscriptions, events, calls and faults. A changed subscription is sent through `sendWebhook`.
 */
export function createPolarFake(accessToken: string, sendWebhook?: SendWebhook) {
  let account = new Account();

  const api = new Hono()
    .use(async (c, next) => {
      const path = c.req.path.replace(/^.*\/v1/, "");
      account.calls[path] = (account.calls[path] ?? 0) + 1;
      if (c.req.header("Authorization") !== `Bearer ${accessToken}`) {
        return c.json({ error: "Unauthorized", detail: "invalid_token" }, 401);
      }
      if (c.req.header("Polar-Version") !== POLAR_VERSION) {
        return c.json({ error: "BadRequest", detail: `Unknown API version; this is ${POLAR_VERSION}.` }, 400);
      }
      return next();
    })
    .get("/customers/external/:externalId/state", injectFault("customers"), (c) => {
      const externalId = c.req.param("externalId");
      const active = account.subscriptions.get(externalId);
      if (active === undefined) return c.json({ error: "ResourceNotFound", detail: "Not found" }, 404);
      return c.json(customerState(externalId, active));
    })
    .post("/events/ingest", injectFault("events"), async (c) => {
      if (!c.req.header("Content-Type")?.startsWith("application/json")) {
        return unprocessable(c, [
          { loc: ["body"], msg: "Input should be JSON", type: "model_attributes_type" },
        ]);
      }
      const body = ingestion.safeParse(await c.req.json().catch(() => undefined));
      if (!body.success) {
        const detail = body.error.issues.map(({ path, message, code }) => ({
          loc: ["body", ...path],
          msg: message,
          type: code,
        }));
        return unprocessable(c, detail);
      }
      const outcomes = body.data.events.map((received) => account.ingest(received));
      const inserted = outcomes.filter((outcome) => outcome === "inserted").length;
      return c.json({
        inserted,
        duplicates: outcomes.length - inserted,
      } satisfies models.EventsIngestResponse);
    });

  function injectFault(target: PolarFault["target"]) {
    return createMiddleware(async (c, next) => {
      const fault = account.nextFault(target);
      switch (fault?.kind) {
        case undefined:
          return next();
        case "status":
          return faultResponse(c, fault.status, fault.retryAfter);
        case "hang":
          await hang();
          return faultResponse(c, 504, fault.retryAfter);
        case "lose_response":
          await next();
          c.res = loseBody(c.res);
          return;
      }
    });
  }

  return new Hono()
    .route("/v1", api)
    .put("/subscriptions/:orgId", async (c) => {
      const { active } = z.object({ active: z.boolean() }).parse(await c.req.json());
      const orgId = c.req.param("orgId");
      account.subscriptions.set(orgId, active);
      await sendWebhook?.(stateChanged(orgId, active));
      return c.json({ orgId, active });
    })
    .get("/subscriptions/:orgId", (c) => {
      const orgId = c.req.param("orgId");
      return c.json({ orgId, active: account.subscriptions.get(orgId) ?? false });
    })
    .get("/events", (c) => c.json({ items: account.events }))
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
    .delete("/", async (c) => {
      const { subscriptions } = account;
      account = new Account();
      for (const [orgId, active] of subscriptions) {
        const restored = account.subscriptions.get(orgId) ?? false;
        if (restored !== active) await sendWebhook?.(stateChanged(orgId, restored));
      }
      return c.body(null, 204);
    })
    .onError((error, c) => {
      if (error instanceof z.ZodError) return unprocessable(c, error.issues);
      throw error;
    });
}

/** Waits for {@link HANG_MS}. In Node the timer does not keep the process alive. */
const hang = () =>
  new Promise((resolve) => {
    const timer: { unref?: () => void } = Object(setTimeout(resolve, HANG_MS));
    timer.unref?.();
  });

const unprocessable = (c: Context, detail: unknown) => c.json({ detail }, 422);

/** An error response in Polar's format: plain text from 500 up, JSON below, with Retry-After for a 429. */
function faultResponse(c: Context, status: number, retryAfter: number): Response {
  const headers = {
    "Content-Type": "application/json",
    ...(status === 429 && { "Retry-After": `${retryAfter}` }),
  };
  const body = status < 500 ? JSON.stringify({ error: "Fault", detail: "Injected fault" }) : "Injected fault";
  return c.newResponse(body, { status: status as 500, headers });
}

/** The same response, but the connection is lost before the body arrives. */
function loseBody(response: Response): Response {
  const body = new ReadableStream({
    start: (controller) => controller.error(new Error("connection lost")),
  });
  return new Response(body, { status: response.status, headers: { "Content-Type": "application/json" } });
}
