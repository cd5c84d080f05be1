// Polar: an organisation's subscription and the metering of what it did. Knows no route and no database.
import { PolarClientError, PolarRateLimitError } from "@polar-sh/sdk";
import { createPolarCore } from "@polar-sh/sdk/2026-10";
import { getStateExternalCustomers } from "@polar-sh/sdk/2026-10/services/customers";
import { ingestEvents } from "@polar-sh/sdk/2026-10/services/events";

const TIMEOUT_SECONDS = 5;

export type Standing =
  | { kind: "active" }
  | { kind: "none" }
  /** Polar gave no usable answer; `retryAfterSeconds` is its own wish, where it told one. */
  | { kind: "unknown"; cause: unknown; retryAfterSeconds: number | undefined };

/** Something that happened and is billed. The id makes a repeat harmless. */
export interface MeteringEvent {
  id: string;
  name: string;
  orgId: string;
  occurredAt: Date;
}

export type Delivery =
  /** Polar has every event: taken now, or known already. */
  | { kind: "delivered" }
  /** Polar finds fault with the request: with one of the events, most likely. */
  | { kind: "refused"; cause: unknown }
  /** Polar can't be reached, or does not want any now. */
  | { kind: "unavailable"; cause: unknown; retryAfterSeconds: number | undefined };

/** A client for one Polar account. Organisations are known to Polar by their Clerk id. */
export function createBilling({ accessToken, baseUrl }: { accessToken: string; baseUrl: string }) {
  const polar = createPolarCore({ accessToken, baseUrl, timeout: TIMEOUT_SECONDS });
  return {
    /** Whether `orgId` has an active subscription. Never throws. */
    async standingOf(orgId: string): Promise<Standing> {
      try {
        const { active_subscriptions } = await getStateExternalCustomers(polar)(orgId);
        return { kind: active_subscriptions.length > 0 ? "active" : "none" };
      } catch (cause) {
        if (isUnknownCustomer(cause)) return { kind: "none" };
        return { kind: "unknown", cause, retryAfterSeconds: retryAfterOf(cause) };
      }
    },

    /** Reports `events`, which Polar deduplicates by their ids. Never throws. */
    async report(events: MeteringEvent[]): Promise<Delivery> {
      try {
        const { inserted, duplicates } = await ingestEvents(polar)({
          events: events.map(({ id, name, orgId, occurredAt }) => ({
            name,
            external_customer_id: orgId,
            external_id: id,
            timestamp: occurredAt.toISOString(),
          })),
        });
        // Absent from an older Polar.
        const taken = inserted + (duplicates ?? 0);
        if (taken >= events.length) return { kind: "delivered" };
        throw new Error(`Polar took ${taken} of ${events.length} events`);
      } catch (cause) {
        if (isRefusal(cause)) return { kind: "refused", cause };
        return { kind: "unavailable", cause, retryAfterSeconds: retryAfterOf(cause) };
      }
    },
  };
}

export type Billing = ReturnType<typeof createBilling>;

// A 404 of another kind, as from a wrong address, says nothing about the customer.
const isUnknownCustomer = (error: unknown) =>
  error instanceof PolarClientError &&
  error.statusCode === 404 &&
  (error.error as { error?: unknown } | null)?.error === "ResourceNotFound";

/** What is said of the events themselves; a wrong token, say, is none of their fault. */
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 422]);

const isRefusal = (error: unknown) => error instanceof PolarClientError && REFUSALS.has(error.statusCode);

const retryAfterOf = (error: unknown): number | undefined =>
  error instanceof PolarRateLimitError && error.retryAfter !== null && error.retryAfter > 0
    ? error.retryAfter
    : undefined;
