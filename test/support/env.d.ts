// What the test runner binds beside the Worker's own bindings.
declare namespace Cloudflare {
  interface Env {
    FIXTURES: Fetcher;
    TEST_CLERK_PRIVATE_KEY: string;
    TEST_CLERK_PUBLIC_KEY: string;
    TEST_MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
}
