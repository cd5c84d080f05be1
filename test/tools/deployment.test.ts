// The deployment that --env and --config select, and the tools' refusal of a selection that has no effect.
import { writeFile } from "node:fs/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { migratePostgres } from "../../scripts/migrate-postgres/command.ts";
import { parseTarget } from "../../scripts/operator/arguments.ts";
import { readDeployment } from "../../scripts/operator/deployment.ts";
import { manageVoices } from "../../scripts/voices/command.ts";
import { runCommand } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = temporaryFolder();

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a deployment", () => {
  it("of an environment has its own bindings, and inherits the rest", async () => {
    const staging = await readDeployment({ env: "staging" });
    expect(staging.name).toBe("resonance-audio-edge-staging");
    expect(staging.d1_databases.map(({ database_name }) => database_name)).toEqual([
      "resonance-staging",
      "resonance-search-staging",
    ]);
    expect(staging.compatibility_date).toBe((await readDeployment({})).compatibility_date);
  });

  it("without --env is the top level, whatever CLOUDFLARE_ENV says", async () => {
    vi.stubEnv("CLOUDFLARE_ENV", "staging");
    expect((await readDeployment({})).name).toBe("resonance-audio-edge");
  });

  it("of another file is read from there", async () => {
    const file = path("other.toml");
    await writeFile(file, 'name = "other"\n[env.canary]\nvars = { A = "1" }\n');
    expect((await readDeployment({ config: file })).name).toBe("other");
    expect((await readDeployment({ config: file, env: "canary" })).vars).toEqual({ A: "1" });
  });

  it("of an unknown environment is an error that lists the known ones", async () => {
    await expect(readDeployment({ env: "stagin" })).rejects.toThrow(
      /no environment stagin\. It has: staging/,
    );
  });

  it("of an absent or invalid file is an error that names it", async () => {
    await expect(readDeployment({ config: path("absent.toml") })).rejects.toThrow(
      "absent.toml does not exist",
    );
    await writeFile(path("broken.toml"), "name = ");
    await expect(readDeployment({ config: path("broken.toml") })).rejects.toMatchObject({
      name: "ToolError",
    });
  });
});

describe("--env and --config", () => {
  it("select the deployed database together with --remote", () => {
    expect(parseTarget({ remote: true, env: "staging", config: "a.toml" })).toEqual({
      kind: "remote",
      env: "staging",
      config: "a.toml",
    });
  });

  it.each([
    ["voices", manageVoices, ["import", "."]],
    ["migrate-postgres", migratePostgres, ["a.csv", "b.csv"]],
  ])(
    "are a usage error of %s without --remote, because the local stack has one database",
    async (_, tool, args) => {
      for (const option of ["--env", "--config"]) {
        const { code, output } = await runCommand(tool, [...args, option, "staging"]);
        expect(code).toBe(2);
        expect(output).toContain("--env and --config need --remote");
        expect(output).toContain("--env NAME");
      }
    },
  );
});
