// Faults of the Polar fake: a response that replaces or changes the one of an endpoint, or never arrives.
import type { models } from "@polar-sh/sdk/2026-10";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { invalidToken, otherError, routeNotFound, serverError, tooManyRequests } from "./polar-errors.ts";
import { ingestion, type PolarFault } from "./polar-schema.ts";

/** Longer than the timeout of any caller. */
const HANG_MS = 60_000;

/** Middleware of an endpoint, which has the fault that `nextFault` returns for the request, if any. */
export const injectFaults = (nextFault: () => PolarFault | undefined) =>
  createMiddleware(async (c, next) => {
    const fault = nextFault();
    switch (fault?.kind) {
      case undefined:
        return next();
      case "status":
        return faultResponse(c, fault.status, fault.retryAfter);
      case "hang":
        await hang();
        return serverError(c, 504);
      case "version_removed":
        return routeNotFound(c);
      case "lose_response":
        await next();
        c.res = loseBody(c.res);
        return;
      case "drop_events": {
        const { events } = ingestion.parse(await c.req.json());
        return c.json({ inserted: events.length, duplicates: 0 } satisfies models.EventsIngestResponse);
      }
      case "report_fewer": {
        await next();
        const { inserted, ...others } = (await c.res.json()) as models.EventsIngestResponse;
        c.res = c.json({ ...others, inserted: inserted - 1 });
        return;
      }
    }
  });

/** Waits for {@link HANG_MS}. In Node the timer does not keep the process alive. */
const hang = () =>
  new Promise((resolve) => {
    const timer: { unref?: () => void } = Object(setTimeout(resolve, HANG_MS));
    timer.unref?.();
  });

/** The response of a fault, in Polar's own form for its status. */
function faultResponse(c: Context, status: number, retryAfter: number): Response {
  if (status >= 500) return serverError(c, status);
  switch (status) {
    case 401:
      return invalidToken(c);
    case 429:
      return tooManyRequests(c, retryAfter);
    default:
      return otherError(c, status);
  }
}

/** The same response, but the connection is lost before the body arrives. */
function loseBody(response: Response): Response {
  const body = new ReadableStream({
    start: (controller) => controller.error(new Error("connection lost")),
  });
  return new Response(body, { status: response.status, headers: { "Content-Type": "application/json" } });
}
