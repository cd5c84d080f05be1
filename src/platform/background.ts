// Work that outlives the response: handed to waitUntil, and never silent when it fails.
import type { Context } from "hono";
import { log } from "./logger.ts";

/** Lets `work` finish after the response; a failure is logged as `<task>_failed` and goes no further. */
export function defer(c: Context, task: string, work: Promise<unknown>): void {
  c.executionCtx.waitUntil(work.catch((cause: unknown) => log.error(`${task}_failed`, { cause })));
}
