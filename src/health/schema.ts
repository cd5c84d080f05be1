// Whether the service can do its work, from what its parts can.
import * as z from "zod";

export const healthChecks = z.object({
  configuration: z.boolean(),
  database: z.boolean(),
  bucket: z.boolean(),
});

/** By part, whether it answers. */
export type Health = z.output<typeof healthChecks>;

export const isHealthy = (parts: Health): boolean => Object.values(parts).every(Boolean);

/** What a monitor is told while all is well. */
export const healthyResource = z.object({ status: z.literal("ok"), checks: healthChecks });
