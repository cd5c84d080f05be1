// Whether the service can do its work, from what its parts can.

/** By part, whether it answers. */
export type Health = Record<"configuration" | "database" | "bucket", boolean>;

export const isHealthy = (health: Health): boolean => Object.values(health).every(Boolean);
