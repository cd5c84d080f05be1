// Where the local stack keeps its things.
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..");
export const DEFAULT_STATE = join(ROOT, ".wrangler", "state");
/** The user's own variables, such as real keys: read, never written. */
export const OWN_VARIABLES = join(ROOT, ".dev.vars");
