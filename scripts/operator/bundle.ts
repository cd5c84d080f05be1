// Bundles the Workers as `npm run deploy` uploads them (docs/decisions/0039).
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { rolldown } from "rolldown";
import { ROOT } from "./paths.ts";

/** The entries of the two Workers, from the repository's root on. */
export const SERVICE_ENTRY = "src/index.ts";
export const ANALYSIS_ENTRY = "analysis/src/index.ts";

export interface Bundle {
  script: string;
  /** JSON. Its sources are paths from the repository's root on. */
  sourceMap: string;
  /** What is in the script: files, from the repository's root on, with their bytes before minification. */
  files: { file: string; bytes: number }[];
}

/** The folder of a bundle that is written to disk. Nothing else may be there: wrangler uploads every module that is. */
const folderOf = (entry: string): string => join(ROOT, "dist", dirname(entry));

/** @throws {Error} when `entry` cannot be bundled */
export async function bundle(entry: string): Promise<Bundle> {
  const build = await rolldown({
    cwd: ROOT,
    input: entry,
    platform: "browser",
    external: /^(?:node|cloudflare):/,
    resolve: { conditionNames: ["workerd", "worker", "browser", "import"] },
    transform: { define: { "process.env.NODE_ENV": '"production"' } },
  });
  try {
    const { output } = await build.generate({
      minify: true,
      comments: false,
      sourcemap: true,
      sourcemapPathTransform: (source, mapPath) => relative(ROOT, resolve(dirname(mapPath), source)),
      codeSplitting: false,
    });
    const [{ code, map, modules }] = output;
    const files = Object.entries(modules);
    return {
      script: code,
      sourceMap: JSON.stringify(map),
      files: files.map(([path, { renderedLength: bytes }]) => ({ file: relative(ROOT, path), bytes })),
    };
  } finally {
    await build.close();
  }
}

/** Bundles `entry` into a file, with its source map beside it, from which wrangler uploads both. Returns the file's path. */
export async function writeBundle(entry: string): Promise<string> {
  const { script, sourceMap } = await bundle(entry);
  const path = join(folderOf(entry), "index.js");
  await mkdir(folderOf(entry), { recursive: true });
  await writeFile(path, script);
  await writeFile(`${path}.map`, sourceMap);
  return path;
}
