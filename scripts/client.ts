// `npm run client`: builds the npm package of integrations/client/ into its dist/, and packs it there.
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./operator/paths.ts";

const SOURCE = join(ROOT, "integrations", "client");
/** The versions of Hono that the client works with. */
const HONO_RANGE = "^4.13.0";
const PACKAGE = join(SOURCE, "dist");
/** Inside the source, so that relative imports and packages resolve as they do there. */
const WORK = join(SOURCE, ".build");

rmSync(PACKAGE, { recursive: true, force: true });
mkdirSync(PACKAGE);
try {
  mkdirSync(WORK, { recursive: true });
  writeDeclarations();
} finally {
  rmSync(WORK, { recursive: true, force: true });
}
await build({
  entryPoints: [join(SOURCE, "client.ts")],
  outfile: join(PACKAGE, "index.js"),
  bundle: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  external: ["hono"],
});
writeManifest();
copyFileSync(join(SOURCE, "README.md"), join(PACKAGE, "README.md"));
copyFileSync(join(ROOT, "LICENSE"), join(PACKAGE, "LICENSE"));
const packed = execFileSync("npm", ["pack", "--silent"], { cwd: PACKAGE, encoding: "utf8" }).trim();
console.log(join(PACKAGE, packed));

/**
 * The types in contract.ts are computed from the app's routes, and so from Drizzle's and zod's types. tsc writes the
 * inferred type of an expression out in full where no name stands for it: `expand` removes the names.
 */
function writeDeclarations(): void {
  const names = [...readFileSync(join(SOURCE, "contract.ts"), "utf8").matchAll(/^export type (\w+)/gm)];
  const expanded = names.map(([, name]) => `export const ${name} = expand<contract.${name}>();`);
  writeFileSync(
    join(WORK, "expanded.ts"),
    `import type * as contract from "../contract.ts";
type Expand<T> = T extends object ? (T extends infer O ? { [K in keyof O]: Expand<O[K]> } : never) : T;
declare function expand<T>(): Expand<T>;
${expanded.join("\n")}
`,
  );
  const tsconfig = {
    extends: "../../../tsconfig.json",
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: ROOT,
      outDir: join(WORK, "out"),
    },
    include: [],
    files: ["expanded.ts", "../client.ts", "../../../worker-bindings.d.ts"],
  };
  writeFileSync(join(WORK, "tsconfig.json"), JSON.stringify(tsconfig));
  // tsc also writes the declarations of the app's files, and cannot write all of them: its exit code says nothing of
  // these three, which are checked below.
  spawnSync("tsc", ["-p", WORK]);

  const emitted = (file: string) => readFileSync(join(WORK, "out", "integrations", "client", file), "utf8");
  const types = emitted(".build/expanded.d.ts").replaceAll(
    /^export declare const (\w+):/gm,
    "export type $1 =",
  );
  const withJsSpecifiers = (text: string) => text.replaceAll(/(from "\.\/\w+)\.ts"/g, '$1.js"');
  writeFileSync(join(PACKAGE, "contract.d.ts"), types);
  writeFileSync(join(PACKAGE, "error.d.ts"), withJsSpecifiers(emitted("error.d.ts")));
  writeFileSync(join(PACKAGE, "index.d.ts"), withJsSpecifiers(emitted("client.d.ts")));
  // Alone, as in a project that has nothing of this one.
  const alone = ["--noEmit", "--strict", "--skipLibCheck", "false", "--types", "", "--lib", "ES2022,DOM"];
  execFileSync("tsc", [...alone, "--ignoreConfig", join(PACKAGE, "index.d.ts")], { stdio: "inherit" });
}

function writeManifest(): void {
  const { version, license, engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const manifest = {
    name: "resonance-audio-client",
    version,
    description: "A typed client of Resonance Audio Edge",
    license,
    type: "module",
    sideEffects: false,
    exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
    files: ["*.js", "*.d.ts"],
    engines,
    dependencies: { hono: HONO_RANGE },
  };
  writeFileSync(join(PACKAGE, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}
