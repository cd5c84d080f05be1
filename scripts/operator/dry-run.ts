// Builds what `npm run deploy` uploads, and uploads nothing.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./paths.ts";
import { ToolError } from "./tool-error.ts";

interface DryRun {
  /** The size of the upload as wrangler reports it, and Cloudflare counts it. */
  gzipKib: number;
  /** The JSON of the script's source map. */
  sourceMap: string;
}

/** @throws {ToolError} when wrangler fails */
export function dryRun(config: string): DryRun {
  const directory = mkdtempSync(join(tmpdir(), "resonance-dry-run-"));
  try {
    const args = ["deploy", "--minify", "--dry-run", "--outdir", directory, "--config", config, "--env", ""];
    // A caller may have silenced wrangler, which prints the size as a log line.
    const env = { ...process.env, WRANGLER_LOG: "log" };
    const { stdout, stderr, error } = spawnSync("wrangler", args, { cwd: ROOT, encoding: "utf8", env });
    const [, gzipKib] = /Total Upload: .* gzip: ([\d.]+) KiB/.exec(stdout ?? "") ?? [];
    if (gzipKib === undefined) {
      throw new ToolError(`\`wrangler deploy --dry-run\` failed: ${error?.message ?? stderr}`);
    }
    return {
      gzipKib: Number(gzipKib),
      sourceMap: readFileSync(join(directory, "index.js.map"), "utf8"),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
