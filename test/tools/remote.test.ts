// The bindings that a tool requests from wrangler for the deployed service, and how it explains wrangler's errors.
import { describe, expect, it } from "vitest";
import { readDeployment } from "../../scripts/operator/deployment.ts";
import { explainRemoteError, remoteBindings } from "../../scripts/operator/remote.ts";

const production = await readDeployment({});
const staging = await readDeployment({ env: "staging" });

describe("with --remote", () => {
  it.each([
    ["the top level", production, ""],
    ["staging", staging, "-staging"],
  ])("each D1 and R2 binding of %s is remote and has no preview id", (_, deployment, suffix) => {
    const deployed = {
      d1_databases: deployment.d1_databases.map((each) => ({
        ...{ ...each, database_id: "an-id", preview_database_id: "another" },
      })),
      r2_buckets: deployment.r2_buckets.map((each) => ({ ...each, preview_bucket_name: "another" })),
    };
    expect(remoteBindings(deployed)).toEqual({
      d1_databases: [
        { binding: "DB", database_name: `resonance${suffix}`, database_id: "an-id", remote: true },
        {
          binding: "SEARCH_DB",
          database_name: `resonance-search${suffix}`,
          database_id: "an-id",
          remote: true,
        },
      ],
      r2_buckets: [{ binding: "AUDIO", bucket_name: `resonance-audio${suffix}`, remote: true }],
    });
  });

  it("a database without an id is an error that says how to get it", () => {
    expect(() => remoteBindings(production)).toThrow(
      /has no database_id for resonance: .*wrangler d1 create/,
    );
    expect(() => remoteBindings(staging)).toThrow(/has no database_id for resonance-staging: /);
  });

  it.each([
    // The messages of wrangler 4.156.
    "Failed to start the remote proxy session. Error reloading remote server: In a non-interactive environment, " +
      "it's necessary to set a CLOUDFLARE_API_TOKEN environment variable for wrangler to work.",
    "Failed to start the remote proxy session. Error reloading remote server: Did not login, quitting...",
    "This Worker uses bindings that need to run remotely, but the remote session could not be authenticated.",
  ])("a missing login is explained: %s", (message) => {
    const { message: explained } = explainRemoteError(new Error(message));
    expect(explained).toContain("run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN");
    expect(explained).toContain(message);
  });

  it("any other error is printed as wrangler reports it", () => {
    expect(explainRemoteError(new Error("getaddrinfo ENOTFOUND api.cloudflare.com")).message).toBe(
      "The deployed D1 and R2 could not be opened.\nwrangler reported: getaddrinfo ENOTFOUND api.cloudflare.com",
    );
  });
});
