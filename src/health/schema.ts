// The health of the service and its form in JSON.
import * as z from "zod";

const healthChecks = z.object({
  configuration: z.boolean(),
  database: z.boolean(),
  bucket: z.boolean(),
});

/** Whether each part responds. */
export type Health = z.output<typeof healthChecks>;

export const isHealthy = (checks: Health): boolean => Object.values(checks).every(Boolean);

/** The 200 response of GET /health. */
export const healthResponse = z.object({ status: z.literal("ok"), checks: healthChecks });
