// Paths that the tools and the local stack share. Imports nothing of either.
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");
/** Where `npm run dev` persists D1 and R2. */
export const DEFAULT_STATE = join(ROOT, ".wrangler", "state");
/** The configuration of the second Worker. */
export const ANALYSIS_CONFIG = join(ROOT, "analysis", "wrangler.toml");
