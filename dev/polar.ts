// Polar's part: its HTTP API as far as this service calls it, as strict as the published one, plus switches.
import type { models } from "@polar-sh/sdk/2026-10";
import { type Context, Hono } from "hono";
import { createMiddleware } from "hono/factory";
import * as z from "zod";
import { DEMO_ORG, FREE_ORG } from "./identities.ts";
import { customerState, POLAR_VERSION, stateChanged } from "./polar-customer.ts";

/** Longer than any caller has patience. */
const HANG_MS = 60_000;

const fault = z.object({
  target: z.enum(["events", "customers"]),
  kind: z.enum(["status", "hang", "lose_response"]),
  status: z.number().int().min(400).max(599).default(503),
  times: z.number().int().min(1).default(1),
  /** Seconds in the Retry-After of a 429. */
  retryAfter: z.number().int().min(1).default(7),
});
type Fault = z.output<typeof fault>;

const metadataKey = z.string().max(40);
const metadataValue = z.union([z.string().min(1).max(500), z.number(), z.boolean()]);
const event = z
  .object({
    name: z.string().min(1),
    timestamp: z.iso
      .datetime({ offset: true })
      .refine((time) => Date.parse(time) <= Date.now(), "Timestamp must be in the past.")
      .optional(),
    organization_id: z.uuid().nullish(),
    external_id: z.string().nullish(),
    parent_id: z.string().nullish(),
    customer_id: z.uuid().optional(),
    external_customer_id: z.string().min(1).optional(),
    metadata: z
      .record(metadataKey, metadataValue)
      .refine((entries) => Object.keys(entries).length <= 50, "At most 50 keys.")
      .optional(),
  })
  .refine((e) => (e.customer_id === undefined) !== (e.external_customer_id === undefined), {
    error: "Exactly one of customer_id and external_customer_id is needed.",
  });
const ingestion = z.object({ events: z.array(event).min(1) });

type StoredEvent = z.output<typeof event> & { received_at: string; duplicates: number };

/** What the stand-in remembers: for one process, as long as that runs. */
class Account {
  readonly subscriptions = new Map([
    [DEMO_ORG, true],
    [FREE_ORG, false],
  ]);
  readonly faults: Fault[] = [];
  readonly events: StoredEvent[] = [];
  /** How often each path of the API was asked for. */
  readonly calls: Record<string, number> = {};

  /** Keeps an event, or counts it as a repeat of the one with its `external_id`. */
  take(received: z.output<typeof event>): "inserted" | "duplicate" {
    const known = this.events.find((kept) => kept.external_id && kept.external_id === received.external_id);
    if (known) {
      known.duplicates += 1;
      return "duplicate";
    }
    this.events.push({ ...received, received_at: new Date().toISOString(), duplicates: 0 });
    return "inserted";
  }

  nextFault(target: Fault["target"]): Fault | undefined {
    const next = this.faults.find((candidate) => candidate.target === target && candidate.times > 0);
    if (next) next.times -= 1;
    return next;
  }
}

/** Takes a webhook to its receiver. */
export type Notify = (payload: unknown) => Promise<void>;

/**
 * Polar's paths under `/v1`, for callers who hold `accessToken`, and the switches beside them. Tells of each changed
 * subscription through `notify`, as Polar does where a webhook is set up.
 */
export function createPolarStandIn(accessToken: string, notify?: Notify) {
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
    .get("/customers/external/:externalId/state", faulty("customers"), (c) => {
      const externalId = c.req.param("externalId");
      const active = account.subscriptions.get(externalId);
      if (active === undefined) return c.json({ error: "ResourceNotFound", detail: "Not found" }, 404);
      return c.json(customerState(externalId, active));
    })
    .post("/events/ingest", faulty("events"), async (c) => {
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
      const outcomes = body.data.events.map((received) => account.take(received));
      const inserted = outcomes.filter((outcome) => outcome === "inserted").length;
      return c.json({
        inserted,
        duplicates: outcomes.length - inserted,
      } satisfies models.EventsIngestResponse);
    });

  function faulty(target: Fault["target"]) {
    return createMiddleware(async (c, next) => {
      const current = account.nextFault(target);
      switch (current?.kind) {
        case undefined:
          return next();
        case "status":
          return fail(c, current.status, current.retryAfter);
        case "hang":
          await hang();
          return fail(c, 504, current.retryAfter);
        case "lose_response":
          await next();
          c.res = brokenOff(c.res);
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
      await notify?.(stateChanged(orgId, active));
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
      const planned = fault.parse(await c.req.json());
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
        if (restored !== active) await notify?.(stateChanged(orgId, restored));
      }
      return c.body(null, 204);
    })
    .onError((error, c) => {
      if (error instanceof z.ZodError) return unprocessable(c, error.issues);
      throw error;
    });
}

/** In Node, without holding up the end of the process. */
const hang = () =>
  new Promise((resolve) => {
    const timer: { unref?: () => void } = Object(setTimeout(resolve, HANG_MS));
    timer.unref?.();
  });

const unprocessable = (c: Context, detail: unknown) => c.json({ detail }, 422);

/** An error answer as Polar gives it: plain words from 500 up, JSON below, a wish to wait with a 429. */
function fail(c: Context, status: number, retryAfter: number): Response {
  const headers = {
    "Content-Type": "application/json",
    ...(status === 429 && { "Retry-After": `${retryAfter}` }),
  };
  const body = status < 500 ? JSON.stringify({ error: "Fault", detail: "Planned fault" }) : "Planned fault";
  return c.newResponse(body, { status: status as 500, headers });
}

/** The same answer, whose connection dies before its body is through. */
function brokenOff(answer: Response): Response {
  const body = new ReadableStream({
    start: (controller) => controller.error(new Error("connection lost")),
  });
  return new Response(body, { status: answer.status, headers: { "Content-Type": "application/json" } });
}
