// `npm run bench:search [GENERATIONS]`: what a search costs in an organisation of that many generations (a million when
// absent), in a local D1.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, start } from "../dev/workerd.ts";
import { measureSearch } from "./measure-search.ts";

const DEFAULT_GENERATIONS = 1_000_000;

const state = await mkdtemp(join(tmpdir(), "bench-search-"));
const worker = await start("export default { fetch: () => new Response() }", { state });
try {
  await migrate(worker);
  const databases = { database: worker.database, index: worker.searchDatabase };
  const generations = Number(process.argv[2] ?? DEFAULT_GENERATIONS);
  for (const line of await measureSearch(databases, generations, (text) => console.error(text)))
    console.log(line);
} finally {
  await worker.stop();
  await rm(state, { recursive: true, force: true });
}
