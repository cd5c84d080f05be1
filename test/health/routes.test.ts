// GET /health.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { analysisReading, analysisWith } from "../support/analysis.ts";
import { failing, failingQueries } from "../support/bindings.ts";
import { call, newCountingIsolate, statusOf } from "../support/call.ts";
import { runCron } from "../support/fixtures.ts";
import { skipTimers } from "../support/timeouts.ts";

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await env.DB.exec("delete from cron_heartbeat");
});

describe("GET /health", () => {
  it("is 200 without a session while every check passes", async () => {
    const response = await call("/health");
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(await response.json()).toEqual({
      status: "ok",
      checks: { configuration: true, database: true, bucket: true, analysis: true },
      lastCronAt: null,
    });
  });

  it("tells when the cron's last run ended, and stays 200 when that is long ago", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    vi.setSystemTime("2026-11-26T00:00:00Z");
    await runCron();
    vi.setSystemTime("2026-11-26T00:01:00Z");
    await runCron();
    vi.setSystemTime("2026-11-26T05:00:00Z");
    const response = await call("/health");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ lastCronAt: "2026-11-26T00:01:00.000Z" });
  });

  it("tells when the cron last ran also after a run in which a job failed", async () => {
    await runCron({ env: { DB: failingQueries(env.DB, /voice_uploads/) } });
    expect(await (await call("/health")).json()).toMatchObject({ lastCronAt: expect.any(String) });
  });

  it("does not count a run that could not begin", async () => {
    await expect(runCron({ env: { POLAR_ACCESS_TOKEN: "" } })).rejects.toThrow("POLAR_ACCESS_TOKEN");
    expect(await (await call("/health")).json()).toMatchObject({ lastCronAt: null });
  });

  it.each([
    ["configuration", { POLAR_ACCESS_TOKEN: "" }],
    ["database", { DB: failingQueries(env.DB, /select/) }],
    ["database", { DB: undefined, POLAR_ACCESS_TOKEN: "polar_oat_x" }],
    ["bucket", { AUDIO: failing(env.AUDIO, "head") }],
    ["analysis", analysisReading(failing(env.AUDIO, "head"))],
    ["analysis", analysisWith({ check: undefined })],
    ["analysis", { ANALYSIS: undefined }],
  ])("is 503 and names the check of the %s when it fails", async (part, overrides) => {
    const response = await call("/health", { env: overrides });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      error: "The service is unhealthy",
      checks: { [part]: false },
    });
  });

  it("is 503 after five seconds when the analysis Worker does not answer", async () => {
    const waits = skipTimers();
    const response = await call("/health", {
      env: analysisWith({ check: () => new Promise(() => undefined) }),
    });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ checks: { bucket: true, analysis: false } });
    expect(waits).toHaveBeenCalledWith(expect.any(Function), 5_000);
  });

  it("checks D1 and R2 again only after ten seconds", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { isolate, d1, r2 } = newCountingIsolate();
    for (let times = 0; times < 5; times += 1) await statusOf(call("/health", { isolate }));
    // The service asks for one object, and so does the analysis Worker.
    expect([d1, r2]).toEqual([{ default: 1 }, { head: 2 }]);
    vi.advanceTimersByTime(10_001);
    await statusOf(call("/health", { isolate }));
    expect([d1, r2]).toEqual([{ default: 2 }, { head: 4 }]);
  });
});
