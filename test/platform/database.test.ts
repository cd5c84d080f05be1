// Retries of idempotent D1 writes, and the timeout of every D1 call.
import { env } from "cloudflare:workers";
import { DrizzleQueryError } from "drizzle-orm/errors";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { D1_CALL_TIMEOUT_MS, RETRY_DEADLINE_MS, retryIdempotent } from "../../src/platform/database.ts";
import { withTimeout } from "../../src/platform/timeout.ts";
import { OTHER_D1_ERRORS, TRANSIENT_D1_ERRORS } from "../faults/documented-errors.ts";
import { withMethods } from "../support/bindings.ts";
import { call, statusOf } from "../support/call.ts";
import { newOrg, runCron } from "../support/fixtures.ts";
import { captureLog } from "../support/log.ts";
import { type FakeDelays, fakeDelays } from "../support/timeouts.ts";

let delays: FakeDelays;
beforeEach(() => {
  delays = fakeDelays();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A write that rejects with `error` the first `times` times. */
const failingWrite = (error: Error, times = Number.POSITIVE_INFINITY) => {
  let calls = 0;
  return vi.fn(async () => {
    calls += 1;
    if (calls <= times) throw error;
    return "written";
  });
};

/** A database none of whose statements ever answers. */
const hangingDatabase = () => {
  const hang = () => {
    queueMicrotask(() => delays.expireCalls());
    return new Promise(() => undefined);
  };
  const prepare = (query: string): D1PreparedStatement => {
    const statement = withMethods(env.DB.prepare(query), {
      bind: () => statement,
      run: hang,
      all: hang,
      raw: hang,
      first: hang,
    });
    return statement;
  };
  const database: D1Database = withMethods(env.DB, { prepare, batch: hang, withSession: () => database });
  return database;
};

describe("an idempotent write", () => {
  it.each(TRANSIENT_D1_ERRORS)("is repeated after %s, also when Drizzle has wrapped it", async (message) => {
    const plain = failingWrite(new Error(message), 1);
    expect(await retryIdempotent(plain)).toBe("written");
    expect(plain.mock.calls).toEqual([[false], [true]]);
    const wrapped = failingWrite(new DrizzleQueryError("insert", [], new Error(message)), 1);
    expect(await retryIdempotent(wrapped)).toBe("written");
  });

  it.each([
    ...OTHER_D1_ERRORS,
    "D1_ERROR: UNIQUE constraint failed: voice_uploads.org_id: SQLITE_CONSTRAINT",
  ])("is not repeated after %s", async (message) => {
    const write = failingWrite(new Error(message));
    await expect(retryIdempotent(write)).rejects.toThrow(message);
    expect(write).toHaveBeenCalledTimes(1);
  });

  it("is repeated until the deadline, the last time at the deadline, and then fails with D1's error", async () => {
    const times: number[] = [];
    const write = async () => {
      times.push(performance.now());
      throw new Error(TRANSIENT_D1_ERRORS[0]);
    };
    await expect(retryIdempotent(write)).rejects.toThrow("Network connection lost");
    expect(times.at(-1)).toBe(RETRY_DEADLINE_MS);
    expect(times.length).toBeLessThan(40);
  });

  it("is repeated after waits that double up to three seconds, each scaled by a random number", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    await retryIdempotent(failingWrite(new Error(TRANSIENT_D1_ERRORS[0]), 7));
    const waits = vi.mocked(scheduler.wait).mock.calls.map(([milliseconds]) => milliseconds);
    expect(waits).toEqual([50, 100, 200, 400, 800, 1500, 1500]);
  });

  it("is repeated when D1 has not answered within the timeout of a call", async () => {
    let calls = 0;
    const write = () =>
      withTimeout(
        "D1",
        D1_CALL_TIMEOUT_MS,
        new Promise<string>((resolve) => {
          calls += 1;
          if (calls > 1) resolve("written");
          else queueMicrotask(() => delays.expireCalls());
        }),
      );
    expect(await retryIdempotent(write)).toBe("written");
    expect(performance.now()).toBeGreaterThan(D1_CALL_TIMEOUT_MS);
  });
});

describe("a D1 call that never answers", () => {
  it("fails the request after the timeout instead of keeping it open", async () => {
    const lines = captureLog();
    const response = call("/api/voices", { as: newOrg(), env: { DB: hangingDatabase() } });
    expect(await statusOf(response)).toBe(500);
    expect(performance.now()).toBe(D1_CALL_TIMEOUT_MS);
    expect(JSON.stringify(lines)).toContain("D1 did not answer within 5000 ms");
  });

  it("fails each job of the cron, and the record of its run, after the timeout", async () => {
    const lines = captureLog();
    await runCron({ env: { DB: hangingDatabase() } });
    const failed = lines.filter(({ event }) => String(event).endsWith("_failed"));
    expect(failed).toHaveLength(10);
    expect(JSON.stringify(failed).match(/D1 did not answer within 5000 ms/g)?.length).toBeGreaterThanOrEqual(
      10,
    );
  });
});
