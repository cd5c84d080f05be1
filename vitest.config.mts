import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair } from "jose";
import { defineConfig } from "vitest/config";
import {
  LOCAL_ORIGIN,
  LOCAL_POLAR_TOKEN,
  LOCAL_POLAR_WEBHOOK_SECRET,
  LOCAL_PUBLISHABLE_KEY,
} from "./dev/identities.ts";
import { createPolarFake } from "./dev/polar.ts";

const clerk = await generateKeyPair("RS256", { extractable: true });
const polar = createPolarFake(LOCAL_POLAR_TOKEN);

const secrets = { CLERK_JWT_KEY: await exportSPKI(clerk.publicKey), POLAR_ACCESS_TOKEN: LOCAL_POLAR_TOKEN };
// wrangler would warn in every run that the required secrets, bound below, are in no file.
process.env.WRANGLER_LOG ??= "error";

/** The far side of the network, and nothing else of it: Polar and Clerk's key set. */
async function outside(request: Request): Promise<Response> {
  const url = new URL(request.url);
  switch (url.hostname) {
    case "polar.test":
      return polar.fetch(request);
    case "api.clerk.com":
      if (url.pathname !== "/v1/jwks") return new Response("{}", { status: 404 });
      if (request.headers.get("Authorization") !== "Bearer sk_test_local") {
        return Response.json({ errors: [{ code: "authentication_invalid" }] }, { status: 401 });
      }
      return Response.json({
        keys: [{ ...(await exportJWK(clerk.publicKey)), kid: "ins_local", alg: "RS256", use: "sig" }],
      });
    default:
      throw new Error(`Nothing may be fetched from ${url.hostname}`);
  }
}

export default defineConfig({
  test: {
    silent: "passed-only",
    projects: [
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                ...secrets,
                CLERK_PUBLISHABLE_KEY: LOCAL_PUBLISHABLE_KEY,
                CLERK_AUTHORIZED_PARTIES: `${LOCAL_ORIGIN}, https://app.example.com`,
                POLAR_BASE_URL: "https://polar.test",
                POLAR_WEBHOOK_SECRET: LOCAL_POLAR_WEBHOOK_SECRET,
                TEST_CLERK_PUBLIC_KEY: secrets.CLERK_JWT_KEY,
                TEST_CLERK_PRIVATE_KEY: await exportPKCS8(clerk.privateKey),
                FAULT_SEED: process.env.FAULT_SEED ?? "",
                FAULT_PATH: process.env.FAULT_PATH ?? "",
                TEST_MIGRATIONS: await readD1Migrations("./migrations"),
              },
              serviceBindings: {
                FIXTURES: async (request) =>
                  new Response(
                    await readFile(join(import.meta.dirname, "test/fixtures", new URL(request.url).pathname)),
                  ),
              },
              outboundService: outside,
            },
          }),
        ],
        test: {
          name: "edge",
          include: ["test/**/*.test.ts"],
          exclude: [
            "test/faults/killed.test.ts",
            "test/inspection/**",
            "test/stack/**",
            "test/tools/**",
            "test/readme/**",
            "test/browser/**",
          ],
          setupFiles: ["test/support/migrate.ts"],
        },
      },
      {
        test: {
          name: "inspection",
          include: ["test/inspection/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "stack",
          include: ["test/stack/**/*.test.ts", "test/faults/killed.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: "tools",
          include: ["test/tools/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "readme",
          include: ["test/readme/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
});
