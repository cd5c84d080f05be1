// Delivers events behind the response to the request that caused them.
import type { Context } from "hono";
import { type BaseEnv, type EventReceiver, readConfig } from "../platform/env.ts";
import { log } from "../platform/logger.ts";
import { deliverEventsOf } from "./delivery.ts";

/** Who has made a change, by HTTP or by RPC. */
interface Origin {
  database: D1Database;
  receiver: EventReceiver | null;
  waitUntil: (work: Promise<unknown>) => void;
}

/** Sends what was just recorded of these objects. Does nothing when no receiver is configured. */
export function announceChanges({ database, receiver, waitUntil }: Origin, objectIds: string[]): void {
  if (!receiver) return;
  const delivery = deliverEventsOf(database, receiver, objectIds);
  waitUntil(delivery.catch((cause: unknown) => log.error("deliver_change_events_failed", { cause })));
}

/** Like {@link announceChanges}, of what the request `c` has recorded. */
export function announceChangesOf<E extends BaseEnv>(c: Context<E>, objectIds: string[]): void {
  const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
  announceChanges({ database: c.var.database, receiver: readConfig(c.env).events, waitUntil }, objectIds);
}
