// What a tool asks wrangler for when it is to work on the deployed service, and what it makes of wrangler's refusals.
import { describe, expect, it } from "vitest";
import { experimental_readRawConfig } from "wrangler";
import { explainRemoteError, remoteBindings } from "../../scripts/operator/remote.ts";

const { rawConfig } = experimental_readRawConfig({ config: "wrangler.toml" });
const [database] = rawConfig.d1_databases ?? [];
const [bucket] = rawConfig.r2_buckets ?? [];

describe("on the deployed service", () => {
  it("each binding of wrangler.toml is a remote one, and none is a preview's", () => {
    const deployed = {
      ...rawConfig,
      d1_databases: [{ ...database, binding: "DB", database_id: "an-id", preview_database_id: "another" }],
      r2_buckets: [{ ...bucket, binding: "AUDIO", preview_bucket_name: "another" }],
    };
    expect(remoteBindings(deployed)).toEqual({
      d1_databases: [{ binding: "DB", database_name: "resonance", database_id: "an-id", remote: true }],
      r2_buckets: [{ binding: "AUDIO", bucket_name: bucket?.bucket_name, remote: true }],
    });
  });

  it("a database without its id is asked for", () => {
    const young = { ...rawConfig, d1_databases: [{ binding: "DB", database_name: "resonance" }] };
    expect(() => remoteBindings(young)).toThrow(/names no database_id for resonance: .*wrangler d1 create/);
  });

  it.each([
    // As wrangler 4.156 has it.
    "Failed to start the remote proxy session. Error reloading remote server: In a non-interactive environment, " +
      "it's necessary to set a CLOUDFLARE_API_TOKEN environment variable for wrangler to work.",
    "Failed to start the remote proxy session. Error reloading remote server: Did not login, quitting...",
    "This Worker uses bindings that need to run remotely, but the remote session could not be authenticated.",
  ])("nobody logged in is told what to do: %s", (message) => {
    const { message: told } = explainRemoteError(new Error(message));
    expect(told).toContain("run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN");
    expect(told).toContain(message);
  });

  it("any other refusal is told in wrangler's words", () => {
    expect(explainRemoteError(new Error("getaddrinfo ENOTFOUND api.cloudflare.com")).message).toBe(
      "The deployed D1 and R2 could not be opened.\nwrangler says: getaddrinfo ENOTFOUND api.cloudflare.com",
    );
  });
});
