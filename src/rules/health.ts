// Whether the service can do its work, from what its parts can.
import * as z from "zod";

const health = z.object({ configuration: z.boolean(), database: z.boolean(), bucket: z.boolean() });

/** By part, whether it answers. */
export type Health = z.output<typeof health>;

export const isHealthy = (parts: Health): boolean => Object.values(parts).every(Boolean);

/** What a monitor is told. */
export const healthyResource = z.object({ status: z.literal("ok"), checks: health });
export const failingResource = z.object({ status: z.literal("failing"), checks: health, error: z.string() });
