// Work that continues after the response.
import type { Context } from "hono";
import { log } from "./logger.ts";

/** Hands `work` to `waitUntil`. A failure is logged as `<task>_failed`. */
export function runInBackground(c: Context, task: string, work: Promise<unknown>): void {
  c.executionCtx.waitUntil(work.catch((cause: unknown) => log.error(`${task}_failed`, { cause })));
}
