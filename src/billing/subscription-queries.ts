// What Polar last said of each organisation's subscription, in D1, where every isolate and the webhook meet.
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { subscriptions } from "../platform/schema.ts";

export type KnownSubscription = Pick<typeof subscriptions.$inferSelect, "active" | "confirmedAt">;

/** Reads from the primary: a webhook's word holds from the next request on. */
export async function findSubscription(d1: D1Database, orgId: string): Promise<KnownSubscription | null> {
  const [known] = await drizzle(d1)
    .select({ active: subscriptions.active, confirmedAt: subscriptions.confirmedAt })
    .from(subscriptions)
    .where(eq(subscriptions.orgId, orgId))
    .limit(1);
  return known ?? null;
}

/** Keeps a report, unless a later one is known: reports may arrive late, twice, or in another order. */
export async function keepSubscription(
  d1: D1Database,
  orgId: string,
  { active, confirmedAt }: KnownSubscription,
): Promise<void> {
  await drizzle(d1)
    .insert(subscriptions)
    .values({ orgId, active, confirmedAt })
    .onConflictDoUpdate({
      target: subscriptions.orgId,
      set: { active, confirmedAt },
      setWhere: sql`excluded.confirmed_at >= ${subscriptions.confirmedAt}`,
    });
}
