// `npm run reset`: deletes the local data. The next `npm run dev` creates it again.
import { rm } from "node:fs/promises";
import { DEFAULT_STATE } from "./paths.ts";

await rm(DEFAULT_STATE, { recursive: true, force: true });
