// What vitest.config.mts binds besides the Worker's own bindings.
declare namespace Cloudflare {
  interface Env {
    FAULT_PATH: string;
    FAULT_RUNS: string;
    FAULT_SEED: string;
    FIXTURES: Fetcher;
    TEST_CLERK_PRIVATE_KEY: string;
    TEST_CLERK_PUBLIC_KEY: string;
    TEST_MIGRATIONS: import("cloudflare:test").D1Migration[];
    TEST_SEARCH_MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
}
