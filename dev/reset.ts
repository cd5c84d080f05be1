// `npm run reset`: throws the local data away. The next `npm run dev` makes it anew.
import { rm } from "node:fs/promises";
import { DEFAULT_STATE } from "./paths.ts";

await rm(DEFAULT_STATE, { recursive: true, force: true });
