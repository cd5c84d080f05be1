// Delivers a new metering event at once where the call budget allows it. The cron delivers the others, many in a request.
import { readConfig } from "../platform/env.ts";
import { takeCall } from "./call-budget.ts";
import { deliver } from "./delivery.ts";
import type { PendingEvent } from "./outbox.ts";
import { createBilling } from "./polar.ts";

interface DeliveryContext {
  env: Env;
  database: D1Database;
}

export async function deliverNewEvent(
  { env, database }: DeliveryContext,
  event: PendingEvent,
): Promise<void> {
  const now = new Date();
  const grant = await takeCall({ env, database }, "deferrable", now);
  if (grant.kind === "denied") return;
  await deliver(database, createBilling(readConfig(env).polar), event, now);
}
