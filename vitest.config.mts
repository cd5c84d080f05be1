// Three tiers (docs/decisions): "unit" in plain Node, "workers" in workerd, and the rest, which needs minutes, ffmpeg,
// Chromium, curl or the running local stack. `npm test` runs the first two, `npm run test:full` all of them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair } from "jose";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import {
  LOCAL_LINK_SECRET,
  LOCAL_ORIGIN,
  LOCAL_POLAR_TOKEN,
  LOCAL_POLAR_WEBHOOK_SECRET,
  LOCAL_PUBLISHABLE_KEY,
} from "./dev/identities.ts";
import { createPolarFake } from "./dev/polar.ts";
import { ANALYSIS_WORKER } from "./dev/workerd.ts";
import { ANALYSIS_ENTRY, bundle } from "./scripts/operator/bundle.ts";
import { createEventReceiver } from "./test/support/event-receiver.ts";

const clerk = await generateKeyPair("RS256", { extractable: true });

const secrets = { CLERK_JWT_KEY: await exportSPKI(clerk.publicKey), POLAR_ACCESS_TOKEN: LOCAL_POLAR_TOKEN };
// wrangler would warn in every run that the required secrets, bound below, are in no file.
process.env.WRANGLER_LOG ??= "error";

/** A network as the Worker under test sees it: Polar, Clerk's key set, a receiver of events, and nothing else. */
function createNetwork(): (request: Request) => Promise<Response> {
  const polar = createPolarFake(LOCAL_POLAR_TOKEN);
  const eventReceiver = createEventReceiver();
  return async (request) => {
    const url = new URL(request.url);
    switch (url.hostname) {
      case "polar.test":
        return polar.fetch(request);
      case "events.test":
        return eventReceiver.fetch(request);
      case "api.clerk.com":
        if (url.pathname !== "/v1/jwks") return new Response("{}", { status: 404 });
        if (request.headers.get("Authorization") !== "Bearer sk_test_local") {
          return Response.json({ errors: [{ code: "authentication_invalid" }] }, { status: 401 });
        }
        return Response.json({
          keys: [{ ...(await exportJWK(clerk.publicKey)), kid: "ins_local", alg: "RS256", use: "sig" }],
        });
      default:
        throw new Error(`The Worker must not fetch ${url.hostname}`);
    }
  };
}

const workerBindings = {
  ...secrets,
  CLERK_PUBLISHABLE_KEY: LOCAL_PUBLISHABLE_KEY,
  CLERK_AUTHORIZED_PARTIES: `${LOCAL_ORIGIN}, https://app.example.com`,
  POLAR_BASE_URL: "https://polar.test",
  POLAR_WEBHOOK_SECRET: LOCAL_POLAR_WEBHOOK_SECRET,
  METER_GENERATIONS: "true",
  LOG_READS_ONE_IN: "1",
  LINK_SECRET: LOCAL_LINK_SECRET,
  TEST_CLERK_PUBLIC_KEY: secrets.CLERK_JWT_KEY,
  TEST_CLERK_PRIVATE_KEY: await exportPKCS8(clerk.privateKey),
  FAULT_SEED: process.env.FAULT_SEED ?? "",
  FAULT_PATH: process.env.FAULT_PATH ?? "",
  TEST_MIGRATIONS: await readD1Migrations("./migrations"),
  TEST_SEARCH_MIGRATIONS: await readD1Migrations("./migrations-search"),
};

const analysisScript = (await bundle(ANALYSIS_ENTRY)).script;

type Test = NonNullable<TestProjectInlineConfiguration["test"]>;

/** Far more than any test takes: on a loaded machine a second of work has taken ten. */
const LOADED_MACHINE_TIMEOUT_MS = 30_000;
/** Of `expect.poll`, which by default fails after one second. */
const expect = { poll: { timeout: 20_000 } };

/**
 * A project whose tests run in workerd, with local D1, R2 and Cache API. Two runtimes run its files, each with storage
 * and a network of its own.
 */
const inWorkerd = (faultRuns: number, test: Test): TestProjectInlineConfiguration => ({
  plugins: [
    cloudflareTest(() => ({
      wrangler: { configPath: "./wrangler.toml" },
      miniflare: {
        bindings: { ...workerBindings, FAULT_RUNS: String(faultRuns) },
        serviceBindings: {
          FIXTURES: async (request) =>
            new Response(
              await readFile(join(import.meta.dirname, "test/fixtures", new URL(request.url).pathname)),
            ),
        },
        outboundService: createNetwork(),
        workers: [{ ...ANALYSIS_WORKER, script: analysisScript, r2Buckets: { AUDIO: "resonance-audio" } }],
      },
    })),
  ],
  test: {
    setupFiles: ["test/support/fresh-storage.ts", "test/support/query-plans.ts"],
    maxWorkers: 2,
    testTimeout: LOADED_MACHINE_TIMEOUT_MS,
    expect,
    ...test,
  },
});

const SLOW = ["test/**/*.{full,ffmpeg}.test.ts"];
const IN_NODE = ["test/**/*.unit.test.ts", "test/probe/**/*.test.ts", "test/tools/**/*.test.ts"];

export default defineConfig({
  test: {
    silent: "passed-only",
    // Groups run one after the other, so that projects do not compete for the processor.
    projects: [
      // No test needs globals or modules of its own: isolating files would take longer than running them.
      {
        test: {
          name: "unit",
          include: IN_NODE,
          exclude: SLOW,
          isolate: false,
          maxWorkers: 2,
          testTimeout: LOADED_MACHINE_TIMEOUT_MS,
          sequence: { groupOrder: 0 },
        },
      },
      inWorkerd(25, {
        name: "workers",
        include: ["test/**/*.test.ts"],
        exclude: [...SLOW, ...IN_NODE, "test/{stack,readme,browser}/**"],
        // One runtime for all files: a runtime per file takes longer to start than most files take to run.
        isolate: false,
        sequence: { groupOrder: 1 },
      }),
      inWorkerd(500, {
        name: "faults-full",
        include: ["test/faults/*.test.ts"],
        exclude: SLOW,
        sequence: { groupOrder: 2 },
      }),
      {
        test: {
          name: "probe-full",
          include: ["test/{probe,analysis}/**/*.{full,ffmpeg}.test.ts"],
          testTimeout: 60_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: "tools-full",
          include: ["test/tools/**/*.full.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          name: "stack",
          include: ["test/{stack,faults}/**/*.full.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 90_000,
          expect,
          sequence: { groupOrder: 5 },
        },
      },
      {
        test: {
          name: "readme",
          include: ["test/readme/**/*.full.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 90_000,
          sequence: { groupOrder: 6 },
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 90_000,
          expect,
          sequence: { groupOrder: 7 },
        },
      },
      inWorkerd(0, {
        name: "workers-full",
        include: ["test/billing/*.full.test.ts"],
        testTimeout: 300_000,
        sequence: { groupOrder: 8 },
      }),
    ],
  },
});
