// `npm run bundle`: bundles both Workers as `npm run deploy` does, prints the sizes of the uploads, and fails above a limit.
// The limits are a little above what there is, so that a library that comes in unnoticed is noticed (docs/decisions/0039).
import { spawnSync } from "node:child_process";
import { join, relative } from "node:path";
import { ANALYSIS_ENTRY, SERVICE_ENTRY, writeBundle } from "./operator/bundle.ts";
import { ANALYSIS_CONFIG, ROOT } from "./operator/paths.ts";

const BUNDLES = [
  { name: "the service", entry: SERVICE_ENTRY, config: join(ROOT, "wrangler.toml"), limitKib: 90 },
  { name: "the analysis Worker", entry: ANALYSIS_ENTRY, config: ANALYSIS_CONFIG, limitKib: 112 },
];

for (const { name, entry, config, limitKib } of BUNDLES) {
  const path = await writeBundle(entry);
  const gzipKib = uploadKib(path, config);
  console.log(`${name}: ${gzipKib} KiB gzip (limit ${limitKib}), ${relative(ROOT, path)}`);
  if (gzipKib > limitKib) process.exitCode = 1;
}

/** The size of the upload as wrangler reports it, and Cloudflare counts it. */
function uploadKib(path: string, config: string): number {
  const args = ["deploy", path, "--no-bundle", "--dry-run", "--config", config, "--env", ""];
  // A caller may have silenced wrangler, which prints the size as a log line.
  const env = { ...process.env, WRANGLER_LOG: "log" };
  const { stdout, stderr, error } = spawnSync("wrangler", args, { cwd: ROOT, encoding: "utf8", env });
  const [, gzipKib] = /Total Upload: .* gzip: ([\d.]+) KiB/.exec(stdout ?? "") ?? [];
  if (gzipKib === undefined)
    throw new Error(`\`wrangler deploy --dry-run\` failed: ${error?.message ?? stderr}`);
  return Number(gzipKib);
}
