// `npm run bundle`: builds the bundle that `npm run deploy` uploads, prints its size, and fails above the limit.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT_KIB = 200;

const directory = mkdtempSync(join(tmpdir(), "resonance-bundle-"));
try {
  execFileSync("wrangler", ["deploy", "--minify", "--dry-run", "--outdir", directory], { stdio: "pipe" });
  const script = readFileSync(join(directory, "index.js"));
  const kib = (bytes: number) => (bytes / 1024).toFixed(1);
  const gzip = gzipSync(script).byteLength;
  console.log(`index.js: ${kib(script.byteLength)} KiB, ${kib(gzip)} KiB gzip (limit ${LIMIT_KIB} KiB gzip)`);
  if (gzip > LIMIT_KIB * 1024) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
