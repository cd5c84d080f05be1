// The paths that the local stack reads and writes.
import { join } from "node:path";
import { ROOT } from "../scripts/operator/paths.ts";

// The tools in scripts/ need these as well, and scripts/ must not import from dev/.
export { ANALYSIS_CONFIG, DEFAULT_STATE, ROOT } from "../scripts/operator/paths.ts";
/** The developer's own variables, such as real keys: read, never written. */
export const OWN_VARIABLES = join(ROOT, ".dev.vars");
