// What the cron does. One job's failure is logged and does not keep the others.

import { deliverDue } from "./billing/delivery.ts";
import { createBilling } from "./billing/polar.ts";
import { takeBackStaleAttempts } from "./ingest/cleanup.ts";
import { readConfig } from "./platform/env.ts";
import { log, withRequestId } from "./platform/logger.ts";
import { removeLeftObjects } from "./platform/remove-objects.ts";
import { forgetOldKeys, sweepUploads } from "./voice-creation/cleanup.ts";

export async function runJobs(env: Env, now: Date): Promise<void> {
  const billing = createBilling(readConfig(env).polar);
  const logged = (job: string) => (cause: unknown) => log.error(`${job}_failed`, { cause });
  await withRequestId(`cron-${now.toISOString()}`, () =>
    Promise.all([
      deliverDue(env.DB, billing, now).catch(logged("deliver_events")),
      removeLeftObjects(env.DB, env.AUDIO, now).catch(logged("remove_left_objects")),
      sweepUploads(env.DB, env.AUDIO, now).catch(logged("sweep_uploads")),
      takeBackStaleAttempts(env.DB, env.AUDIO, now).catch(logged("take_back_attempts")),
      forgetOldKeys(env.DB, now).catch(logged("forget_old_keys")),
    ]),
  );
}
