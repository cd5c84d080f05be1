// GET /health.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { failing, failingQueries } from "../support/bindings.ts";
import { call, newCountingIsolate, statusOf } from "../support/call.ts";

afterEach(() => vi.useRealTimers());

describe("GET /health", () => {
  it("is 200 without a session while every check passes", async () => {
    const response = await call("/health");
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(await response.json()).toEqual({
      status: "ok",
      checks: { configuration: true, database: true, bucket: true },
    });
  });

  it.each([
    ["configuration", { POLAR_ACCESS_TOKEN: "" }],
    ["database", { DB: failingQueries(env.DB, /select/) }],
    ["database", { DB: undefined, POLAR_ACCESS_TOKEN: "polar_oat_x" }],
    ["bucket", { AUDIO: failing(env.AUDIO, "head") }],
  ])("is 503 and names the check of the %s when it fails", async (part, overrides) => {
    const response = await call("/health", { env: overrides });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      error: "The service is unhealthy",
      checks: { [part]: false },
    });
  });

  it("checks D1 and R2 again only after ten seconds", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { isolate, d1, r2 } = newCountingIsolate();
    for (let times = 0; times < 5; times += 1) await statusOf(call("/health", { isolate }));
    expect([d1, r2]).toEqual([{ default: 1 }, { head: 1 }]);
    vi.advanceTimersByTime(10_001);
    await statusOf(call("/health", { isolate }));
    expect([d1, r2]).toEqual([{ default: 2 }, { head: 2 }]);
  });
});
