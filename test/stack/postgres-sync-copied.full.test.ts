// The files of integrations/postgres-sync, copied into a Next.js app as docs/integration-postgres.md says.
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ROOT } from "../../scripts/operator/paths.ts";

it("the files compile in the app as they are, with the options of a Next.js app", async () => {
  const app = await mkdtemp(join(tmpdir(), "resonance-copied-"));
  onTestFinished(() => rm(app, { recursive: true }));
  const documented = await readFile(join(ROOT, "docs/integration-postgres.md"), "utf8");
  const [, names = "", folder = ""] = /Copy (.*?) into `([^`]*)`/.exec(documented) ?? [];
  const files = [...names.matchAll(/`([\w-]+\.ts)`/g)].map(([, name = ""]) => name);
  expect(files).toEqual(["handler.ts", "statements.ts", "service-calls.ts", "route.ts"]);
  for (const file of files) await cp(join(ROOT, "integrations/postgres-sync", file), join(app, folder, file));
  await symlink(join(ROOT, "node_modules"), join(app, "node_modules"));
  const { compilerOptions } = JSON.parse(
    await readFile(join(ROOT, "integrations/next-app/tsconfig.json"), "utf8"),
  );
  const tsconfig = {
    compilerOptions: { ...compilerOptions, types: ["node"], incremental: false },
    include: ["**/*.ts"],
  };
  await writeFile(join(app, "tsconfig.json"), JSON.stringify(tsconfig));
  const { status, stdout } = spawnSync("tsc", ["-p", app], { encoding: "utf8" });
  expect(status, stdout).toBe(0);
});
