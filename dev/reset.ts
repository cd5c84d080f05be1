// `npm run reset`: deletes the local data. The next `npm run dev` creates it again.
import { rm } from "node:fs/promises";
import { relative } from "node:path";
import { DEFAULT_STATE, ROOT } from "./paths.ts";

await rm(DEFAULT_STATE, { recursive: true, force: true });
console.log(`Deleted ${relative(ROOT, DEFAULT_STATE)}. A stack that is still running must be started again.`);
