// The health of the service and its form in JSON.
import * as z from "zod";

const healthChecks = z.object({
  configuration: z.boolean(),
  database: z.boolean(),
  bucket: z.boolean(),
  analysis: z.boolean(),
});

const lastCronAt = z.iso
  .datetime()
  .nullable()
  .meta({ description: "When the cron's last run ended; null when it has never run, or the database fails" });

/** The 200 response of GET /health. */
export const healthResponse = z.object({ status: z.literal("ok"), checks: healthChecks, lastCronAt });

export type Health = Omit<z.output<typeof healthResponse>, "status">;
