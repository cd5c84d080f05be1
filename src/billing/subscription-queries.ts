// The last known subscription state of each organisation in D1, shared by all isolates and the webhook.
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { retryIdempotent } from "../platform/database.ts";
import { subscriptions } from "../platform/schema.ts";

export type SubscriptionRow = Pick<typeof subscriptions.$inferSelect, "active" | "confirmedAt">;

/** Reads from the primary, so that a webhook takes effect with the next request. */
export async function findSubscription(d1: D1Database, orgId: string): Promise<SubscriptionRow | null> {
  const [row] = await drizzle(d1)
    .select({ active: subscriptions.active, confirmedAt: subscriptions.confirmedAt })
    .from(subscriptions)
    .where(eq(subscriptions.orgId, orgId))
    .limit(1);
  return row ?? null;
}

/** Stores a state unless a later one is stored: reports can arrive late, twice, or out of order. */
export async function upsertSubscription(
  d1: D1Database,
  orgId: string,
  { active, confirmedAt }: SubscriptionRow,
): Promise<void> {
  await retryIdempotent(async () =>
    drizzle(d1)
      .insert(subscriptions)
      .values({ orgId, active, confirmedAt })
      .onConflictDoUpdate({
        target: subscriptions.orgId,
        set: { active, confirmedAt },
        setWhere: sql`excluded.confirmed_at >= ${subscriptions.confirmedAt}`,
      }),
  );
}
