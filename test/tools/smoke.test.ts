// The command line of `npm run smoke`, and what it refuses before it asks anything.
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { smoke } from "../../scripts/smoke/command.ts";
import { findOrigin } from "../../scripts/smoke/origin.ts";
import { runCommand } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = temporaryFolder();
const HOST = "https://app.example.com";

const jwt = (claims: object) =>
  ["{}", JSON.stringify(claims), "signature"]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");
const expired = jwt({ exp: Math.floor(Date.now() / 1000) - 30 });

const run = (args: string[], token?: string) =>
  runCommand((all, dependencies) => smoke(all, { ...dependencies, variables: { SMOKE_TOKEN: token } }), args);

describe("npm run smoke", () => {
  it.each([
    [[HOST], "These checks need a session token."],
    [[HOST, "--only", "health,sound"], "Unknown check sound"],
    [[HOST, HOST], "One address is asked at a time"],
    [["app.example.com"], "app.example.com is not an address such as https://"],
    [[`${HOST}/api`], "/api is not an address"],
    [["http://app.example.com"], "http would send the session token unencrypted"],
    [[HOST, "--cron-wait", "soon"], "--cron-wait must be a number of seconds"],
    [[HOST, "--token", "a", "--token-file", "b"], "--token and --token-file exclude each other"],
  ])("called with %j exits with 2 and prints its usage: %s", async (args, message) => {
    const { code, output } = await run(args);
    expect(code).toBe(2);
    expect(output).toContain(message);
    expect(output).toContain("npm run smoke -- [https://HOST]");
  });

  it("asks nothing with an expired token, and says how to get another one", async () => {
    for (const args of [[HOST], [HOST, "--token", expired]]) {
      const { code, output } = await run(args, expired);
      expect(code).toBe(1);
      expect(output).toMatch(/^The token expired (29|3\d) s ago\. .*window\.Clerk\.session\.getToken\(\)/);
      expect(output).not.toContain(expired);
    }
  });

  it("asks nothing with something that is no token, and does not print it", async () => {
    await writeFile(path("token"), "sk_live_secret\n");
    const { code, output } = await run([HOST, "--token-file", path("token")]);
    expect(code).toBe(1);
    expect(output).toContain("The token is not a session token");
    expect(output).not.toContain("sk_live_secret");
  });

  it("names a file that cannot be read", async () => {
    for (const option of ["--token-file", "--ca"]) {
      const { code, output } = await run([HOST, option, path("absent"), "--only", "health"]);
      expect(code).toBe(1);
      expect(output).toContain("absent cannot be read: ENOENT");
    }
  });
});

describe("without an address, it asks", () => {
  it("the first host in the routes of the environment", async () => {
    const config = path("routes.toml");
    await writeFile(
      config,
      'name = "a"\nroutes = ["*/x", { pattern = "app.example.com/health", zone_name = "example.com" }]\n' +
        '[env.staging]\nroutes = ["staging.example.com/*"]\n',
    );
    expect((await findOrigin([], { config })).href).toBe("https://app.example.com/");
    expect((await findOrigin([], { config, env: "staging" })).href).toBe("https://staging.example.com/");
  });

  it("nothing when no route names a host, as in staging, and says where the address is", async () => {
    await expect(findOrigin([], { env: "staging" })).rejects.toThrow(
      /no route that names a host: .*workers\.dev/,
    );
  });
});
