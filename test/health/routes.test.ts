import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { call, countingBucket, countingDatabase, failing, failingOn, newIsolate } from "../support/call.ts";

afterEach(() => vi.useRealTimers());

describe("GET /health", () => {
  it("is 200 to anybody while all is well", async () => {
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
    ["database", { DB: failingOn(env.DB, /select/) }],
    ["database", { DB: undefined, POLAR_ACCESS_TOKEN: "polar_oat_x" }],
    ["bucket", { AUDIO: failing(env.AUDIO, "head") }],
  ])("is 503, and says that the %s fails", async (part, overrides) => {
    const response = await call("/health", { env: overrides });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      error: "The service is unhealthy",
      checks: { [part]: false },
    });
  });

  it("asks D1 and R2 again only after ten seconds", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const database = countingDatabase(env.DB);
    const bucket = countingBucket(env.AUDIO);
    const isolate = newIsolate({ DB: database.binding, AUDIO: bucket.binding });
    for (let times = 0; times < 5; times += 1) await (await call("/health", { isolate })).text();
    expect([database.calls, bucket.calls]).toEqual([{ default: 1 }, { head: 1 }]);
    vi.advanceTimersByTime(10_001);
    await (await call("/health", { isolate })).text();
    expect([database.calls, bucket.calls]).toEqual([{ default: 2 }, { head: 2 }]);
  });
});
