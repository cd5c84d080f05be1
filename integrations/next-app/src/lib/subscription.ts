// Requires a subscription at Polar before speech is generated. Your app has this check in its own `generations.create`.
import "server-only";
import { TRPCError } from "@trpc/server";
import { setting } from "./setting";

/** @throws {TRPCError} with the message that the app's pages open the checkout on */
export async function requireSubscription(orgId: string): Promise<void> {
  const response = await fetch(
    `${setting("POLAR_BASE_URL")}/v1/customers/external/${encodeURIComponent(orgId)}/state`,
    { headers: { Authorization: `Bearer ${setting("POLAR_ACCESS_TOKEN")}` } },
  );
  // 404: no customer of Polar. Every other failure is Polar's, and no missing subscription.
  if (!response.ok && response.status !== 404) throw new Error(`Polar responded with ${response.status}`);
  const { active_subscriptions: active = [] } = (await response.json()) as {
    active_subscriptions?: unknown[];
  };
  if (active.length === 0) throw new TRPCError({ code: "FORBIDDEN", message: "SUBSCRIPTION_REQUIRED" });
}
