// `npm run bundle`: prints the sizes of the scripts that `npm run deploy` uploads, and fails above a limit. The limits are
// a little above what there is, so that a library that comes in unnoticed is noticed (docs/decisions/0039).
import { join } from "node:path";
import { dryRun } from "./operator/dry-run.ts";
import { ANALYSIS_CONFIG, ROOT } from "./operator/paths.ts";

const BUNDLES = [
  { name: "the service", config: join(ROOT, "wrangler.toml"), limitKib: 97 },
  { name: "the analysis Worker", config: ANALYSIS_CONFIG, limitKib: 117 },
];

for (const { name, config, limitKib } of BUNDLES) {
  const { gzipKib } = dryRun(config);
  console.log(`${name}: ${gzipKib} KiB gzip (limit ${limitKib})`);
  if (gzipKib > limitKib) process.exitCode = 1;
}
