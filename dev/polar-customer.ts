// A customer's state in Polar's format, as its API and its webhooks send it.
import type { models } from "@polar-sh/sdk/2026-10";

export const POLAR_VERSION = "2026-10";

const SINCE = "2026-01-01T00:00:00Z";
const UUID = "00000000-0000-4000-8000-000000000000";

// The SDK types a subscription's status with the states of a benefit (granted, disabled); the API sends "active".
type CustomerState = Omit<models.CustomerStateIndividual, "active_subscriptions"> & {
  active_subscriptions: (Omit<models.CustomerStateSubscription, "status"> & { status: "active" })[];
};

/** The webhook payload that Polar sends when a customer's subscription changes. */
export const stateChanged = (externalId: string | null, active: boolean, at = new Date()) => ({
  type: "customer.state_changed",
  timestamp: at.toISOString(),
  api_version: POLAR_VERSION,
  data: { ...customerState(externalId ?? "", active), external_id: externalId },
});

export function customerState(externalId: string, active: boolean): CustomerState {
  return {
    id: UUID,
    created_at: SINCE,
    modified_at: null,
    metadata: {},
    external_id: externalId,
    email: `${externalId}@example.com`,
    email_verified: true,
    type: "individual",
    name: externalId,
    billing_name: null,
    billing_address: null,
    tax_id: null,
    organization_id: UUID,
    deleted_at: null,
    first_user_event_at: null,
    avatar_url: null,
    active_subscriptions: active ? [activeSubscription()] : [],
    granted_benefits: [],
    active_meters: [],
  };
}

const activeSubscription = (): CustomerState["active_subscriptions"][number] => ({
  id: UUID,
  created_at: SINCE,
  modified_at: null,
  metadata: {},
  status: "active",
  amount: 0,
  currency: "usd",
  recurring_interval: "month",
  current_period_start: SINCE,
  current_period_end: "2027-01-01T00:00:00Z",
  trial_start: null,
  trial_end: null,
  cancel_at_period_end: false,
  canceled_at: null,
  started_at: SINCE,
  ends_at: null,
  product_id: UUID,
  discount_id: null,
  seats: null,
  units: null,
  meters: [],
});
