// Which timeouts pass when several calls hang at the same time, as those of the cron's jobs can.
import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { instrumentDatabase, newStats } from "../../src/platform/instrumented-bindings.ts";
import { TimeoutError } from "../../src/platform/timeout.ts";
import { fakeDelays } from "../support/timeouts.ts";
import { type Fault, FaultyBindings } from "./faulty-bindings.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const fault = (step: number, kind: Fault["kind"]): Fault => ({
  step,
  kind,
  statement: 0,
  d1Error: "",
  r2Refusal: "",
});

it("two D1 calls that hang at once time out together, and a call that begins after them is answered", async () => {
  const { bindings } = new FaultyBindings(
    [fault(0, "hangs"), fault(1, "hangs after its effect")],
    fakeDelays(),
  );
  const hanging = instrumentDatabase(bindings.DB as D1Database, newStats());
  const answering = instrumentDatabase(env.DB, newStats());
  const queryIn = (database: D1Database) =>
    database.prepare("select count(*) as n from voices where id = 'missing'").first("n");
  const outcomes = await Promise.allSettled([queryIn(hanging), queryIn(hanging)]);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(TimeoutError) });
  }
  // D1 answers in order: the second call, which has timed out, takes effect while this one is pending.
  expect(await queryIn(answering)).toBe(0);
});
