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

/** A voice as the meter sees it. The id makes a repeated event harmless. */
export interface CreatedVoice {
  id: string;
  orgId: string;
  createdAt: Date;
}

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

    /**
     * Reports a created voice as one `voice_creation` event, deduplicated by Polar on the voice's id.
     * @throws {Error} when Polar did not take the event.
     */
    async recordVoiceCreation({ id, orgId, createdAt }: CreatedVoice): Promise<void> {
      await ingestEvents(polar)({
        events: [
          {
            name: "voice_creation",
            external_customer_id: orgId,
            external_id: id,
            timestamp: createdAt.toISOString(),
          },
        ],
      });
    },
  };
}

// A 404 of another kind, as from a wrong address, says nothing about the customer.
const isUnknownCustomer = (error: unknown) =>
  error instanceof PolarClientError &&
  error.statusCode === 404 &&
  (error.error as { error?: unknown } | null)?.error === "ResourceNotFound";

const retryAfterOf = (error: unknown): number | undefined =>
  error instanceof PolarRateLimitError && error.retryAfter !== null && error.retryAfter > 0
    ? error.retryAfter
    : undefined;
