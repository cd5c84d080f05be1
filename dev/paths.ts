// The paths that the local stack reads and writes.
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..");
export const DEFAULT_STATE = join(ROOT, ".wrangler", "state");
/** The developer's own variables, such as real keys. Read, never written. */
export const OWN_VARIABLES = join(ROOT, ".dev.vars");
