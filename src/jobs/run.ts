// What the cron does. One job's failure is logged and does not keep the others.
import { createBilling } from "../adapters/billing.ts";
import { readConfig } from "../env.ts";
import { log, withRequestId } from "../log.ts";
import { deliverDue } from "./deliver-events.ts";
import { removeLeftObjects } from "./remove-objects.ts";
import { forgetOldKeys, sweepUploads } from "./sweep-uploads.ts";
import { takeBackStaleAttempts } from "./take-back-attempts.ts";

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
