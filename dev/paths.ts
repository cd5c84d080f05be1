// Where the local stack keeps its things.
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..");
export const DEFAULT_STATE = join(ROOT, ".wrangler", "state");
