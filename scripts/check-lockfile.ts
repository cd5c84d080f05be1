// Part of `npm run check`: fails when a package-lock.json could install something that it does not pin by digest, or
// when an install on one platform has dropped the packages of another.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** An entry of `packages` in a lock file of version 3, as far as it is checked here. */
interface LockedPackage {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  inBundle?: boolean;
  optionalDependencies?: Record<string, string>;
}

export interface Lockfile {
  version?: string;
  /** By path from the root, whose own entry is "". */
  packages: { "": LockedPackage; [path: string]: LockedPackage };
}

/** What is wrong with `lockfile`, one sentence each; `version` is the one in package.json. */
export function lockfileProblems(lockfile: Lockfile, version: string): string[] {
  const { "": root, ...locked } = lockfile.packages;
  const problems: string[] = [];
  if (lockfile.version !== version || root.version !== version) {
    problems.push(`package-lock.json states version ${lockfile.version}, package.json ${version}`);
  }
  for (const [path, entry] of Object.entries(locked)) {
    // A folder of this repository, which the client's package is built into.
    if (entry.resolved?.startsWith("file:../")) continue;
    if (entry.resolved !== undefined) problems.push(`${path} names a registry ("resolved")`);
    // npm takes a bundled package from its parent's archive, and a link from this repository.
    if (!entry.integrity && !entry.inBundle && !entry.link) problems.push(`${path} has no "integrity"`);
  }
  for (const [path, entry] of Object.entries(lockfile.packages)) {
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!isLocked(locked, path, name))
        problems.push(`${name}, optional in ${path || "the root"}, is missing`);
    }
  }
  return problems;
}

/** Whether Node's lookup from `path` upwards would find an entry for `name`. */
function isLocked(locked: Record<string, LockedPackage>, path: string, name: string): boolean {
  const segments = path.split("/node_modules/");
  for (let depth = segments.length; depth >= 0; depth--) {
    const parent = segments.slice(0, depth).join("/node_modules/");
    if (locked[`${parent && `${parent}/`}node_modules/${name}`]) return true;
  }
  return false;
}

if (import.meta.main) {
  for (const project of [".", "integrations/next-app"]) {
    const read = (file: string) =>
      JSON.parse(readFileSync(join(import.meta.dirname, "..", project, file), "utf8"));
    const problems = lockfileProblems(read("package-lock.json"), read("package.json").version);
    for (const problem of problems) console.error(`${join(project, "package-lock.json")}: ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
  }
  if (process.exitCode) console.error('CONTRIBUTING.md, "Dependencies", says how to repair a lock file.');
}
