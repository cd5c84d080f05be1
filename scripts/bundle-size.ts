// `npm run bundle`: builds the bundles that `npm run deploy` uploads, prints their sizes, and fails above a limit.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ANALYSIS_CONFIG, ROOT } from "./operator/paths.ts";

const BUNDLES = [
  { name: "the service", config: join(ROOT, "wrangler.toml"), limitKib: 200 },
  { name: "the analysis Worker", config: ANALYSIS_CONFIG, limitKib: 100 },
];

for (const { name, config, limitKib } of BUNDLES) {
  const directory = mkdtempSync(join(tmpdir(), "resonance-bundle-"));
  try {
    const args = ["deploy", "--minify", "--dry-run", "--outdir", directory, "--config", config];
    execFileSync("wrangler", args, { stdio: "pipe" });
    const script = readFileSync(join(directory, "index.js"));
    const kib = (bytes: number) => (bytes / 1024).toFixed(1);
    const gzip = gzipSync(script).byteLength;
    console.log(`${name}: ${kib(script.byteLength)} KiB, ${kib(gzip)} KiB gzip (limit ${limitKib} KiB gzip)`);
    if (gzip > limitKib * 1024) process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
