// Builds dev/console into static files for the development host.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
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
  // wavesurfer.js adds a <style> element to its shadow tree; the CSP allows it by this nonce.
  const nonce = crypto.randomUUID();
  const page = await readFile(join(SOURCE, "index.html"), "utf8");
  await writeFile(join(site, "index.html"), page.replace("%NONCE%", nonce));
  await writeFile(join(site, "_headers"), headersFile(nonce));
  return site;
}

const headersFile = (styleNonce: string) => `/*
  Content-Security-Policy: ${[
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${styleNonce}'`,
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
