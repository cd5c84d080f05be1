// Client for Polar: subscription state and metering events. Depends on no route and no database.
import { PolarClientError, PolarRateLimitError } from "@polar-sh/sdk";
import { createPolarCore } from "@polar-sh/sdk/2026-10";
import { getStateExternalCustomers } from "@polar-sh/sdk/2026-10/services/customers";
import { ingestEvents } from "@polar-sh/sdk/2026-10/services/events";
import { log } from "../platform/logger.ts";

const TIMEOUT_SECONDS = 5;

export type SubscriptionStatus =
  | { kind: "active" }
  | { kind: "none" }
  /** Polar did not give a usable response; `retryAfterSeconds` is its Retry-After, if any. */
  | { kind: "unknown"; cause: unknown; retryAfterSeconds: number | undefined };

/** A billable event. Polar deduplicates by `id`. */
export interface MeteringEvent {
  id: string;
  name: string;
  orgId: string;
  /** What a meter of Polar can sum up. */
  metadata: Record<string, number> | null;
  occurredAt: Date;
}

export type DeliveryResult =
  /** Polar has every event. It had received `duplicates` of them before. */
  | { kind: "delivered"; duplicates: number }
  /** Polar rejects the request because of its events. `issues` has what it says of each, by index, if it names any. */
  | { kind: "refused"; cause: unknown; issues: ReadonlyMap<number, string> }
  /** Polar gave no usable answer: it is down, or cannot process this request, because of its size or of one event. */
  | { kind: "failed"; cause: unknown }
  /** Polar accepts no events now, whichever they are. */
  | { kind: "unavailable"; cause: unknown; retryAfterSeconds: number | undefined };

/** A client for one Polar account. The external id of a customer is the Clerk organisation id. */
export function createBilling({ accessToken, baseUrl }: { accessToken: string; baseUrl: string }) {
  const polar = createPolarCore({ accessToken, baseUrl, timeout: TIMEOUT_SECONDS });
  return {
    /** Whether `orgId` has an active subscription. Never throws. */
    async getSubscriptionStatus(orgId: string): Promise<SubscriptionStatus> {
      try {
        const { active_subscriptions } = await getStateExternalCustomers(polar)(orgId);
        return { kind: active_subscriptions.length > 0 ? "active" : "none" };
      } catch (cause) {
        if (isUnknownCustomer(cause)) return { kind: "none" };
        reportRemovedVersion(cause);
        return { kind: "unknown", cause, retryAfterSeconds: retryAfterSecondsOf(cause) };
      }
    },

    /** Sends `events` in one request. Never throws. */
    async deliverEvents(
      events: MeteringEvent[],
      timeoutSeconds: number = TIMEOUT_SECONDS,
    ): Promise<DeliveryResult> {
      try {
        const body = {
          events: events.map(({ id, name, orgId, metadata, occurredAt }) => ({
            name,
            ...(metadata && { metadata }),
            external_customer_id: orgId,
            external_id: id,
            timestamp: occurredAt.toISOString(),
          })),
        };
        const { inserted, duplicates = 0 } = await ingestEvents(polar)(body, { timeout: timeoutSeconds });
        const received = inserted + duplicates;
        if (received >= events.length) return { kind: "delivered", duplicates };
        return { kind: "failed", cause: new Error(`Polar received ${received} of ${events.length} events`) };
      } catch (cause) {
        if (isRefusal(cause)) return { kind: "refused", cause, issues: issuesOf(cause, events.length) };
        reportRemovedVersion(cause);
        if (!(cause instanceof PolarClientError)) return { kind: "failed", cause };
        return { kind: "unavailable", cause, retryAfterSeconds: retryAfterSecondsOf(cause) };
      }
    },
  };
}

export type Billing = ReturnType<typeof createBilling>;

/** The body of a 404, which the SDK leaves as text where an operation does not document that status. */
function notFoundBody(error: unknown): { error?: unknown; detail?: unknown } | null {
  if (!(error instanceof PolarClientError) || error.statusCode !== 404) return null;
  if (typeof error.error !== "string") return error.error as object | null;
  try {
    return JSON.parse(error.error);
  } catch {
    return null;
  }
}

// Another 404, for instance of a removed API version, does not say that the customer is unknown.
const isUnknownCustomer = (error: unknown) => notFoundBody(error)?.error === "ResourceNotFound";

/**
 * Raises the alarm when Polar answers as for a version of its API that it has removed (server/polar/kit/versioning.py):
 * unlike an outage, that does not end by itself. A path that Polar does not have is answered alike.
 */
export function reportRemovedVersion(cause: unknown): void {
  const body = notFoundBody(cause);
  if (body?.detail === "Not Found" && body.error === undefined) {
    log.error("polar_api_version_removed", { cause });
  }
}

/** Statuses that concern the events of a request, unlike 401 or 403. */
const REFUSAL_STATUSES: ReadonlySet<number> = new Set([400, 413, 422]);

const isRefusal = (error: unknown): error is PolarClientError =>
  error instanceof PolarClientError && REFUSAL_STATUSES.has(error.statusCode);

/**
 * What a 422 says of single events, by their index: each entry of its `detail` has the location
 * `["body", "events", index, …]` (server/polar/exception_handlers.py, server/polar/event/service.py).
 */
function issuesOf({ error }: PolarClientError, count: number): ReadonlyMap<number, string> {
  const issues = new Map<number, string>();
  const { detail } = Object(error) as { detail?: unknown };
  for (const issue of Array.isArray(detail) ? detail : []) {
    const [body, events, index] = Array.isArray(issue?.loc) ? issue.loc : [];
    const isOfEvent = body === "body" && events === "events" && Number.isInteger(index);
    if (isOfEvent && index >= 0 && index < count) issues.set(index, JSON.stringify(issue));
  }
  return issues;
}

const retryAfterSecondsOf = (error: unknown): number | undefined =>
  error instanceof PolarRateLimitError && error.retryAfter !== null && error.retryAfter > 0
    ? error.retryAfter
    : undefined;
