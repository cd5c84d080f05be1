// Builds dev/console into static files for the development host.
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./paths.ts";

const SOURCE = join(ROOT, "dev", "console");

/** Builds into `state`. Returns the folder to serve, with index.html at its root. */
export async function buildConsole(state: string): Promise<string> {
  const site = join(state, "console");
  const outdir = join(site, "__dev", "console");
  // Chunks of an earlier build have other names.
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  await build({
    entryPoints: [join(SOURCE, "main.tsx"), join(SOURCE, "console.css")],
    outdir,
    bundle: true,
    minify: true,
    format: "esm",
    // What is imported with import() is loaded when it is needed.
    splitting: true,
    target: "es2023",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "error",
  });
  await copyFile(join(SOURCE, "index.html"), join(site, "index.html"));
  await writeFile(join(site, "_headers"), HEADERS_FILE);
  return site;
}

const HEADERS_FILE = `/*
  Content-Security-Policy: ${[
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src data:",
    "connect-src 'self' blob:",
    "media-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ")}
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
`;
